"""The forms for registering."""

from typing import Any

from wtforms import EmailField, HiddenField, StringField
from wtforms.validators import InputRequired

from wiki.accounts.errors import AccountRefused
from wiki.accounts.forms import (
    USERNAME_ATTRIBUTES,
    AccountForm,
    email_field,
    new_password_field,
    repeated_password_field,
)
from wiki.accounts.messages import message
from wiki.accounts.registration import bot_traps
from wiki.accounts.registration.register import Registration, check_registration
from wiki.i18n import lazy as _


def username_field() -> StringField:
    return StringField(
        _("Name"),
        [InputRequired(message("username", "empty"))],
        description=_(
            "Visible to others. Letters of any script, digits, dots, hyphens and underscores."
        ),
        render_kw=USERNAME_ATTRIBUTES | {"autocomplete": "username"},
    )


def setup_code_field() -> StringField:
    return StringField(
        _("Code from the terminal"),
        [InputRequired(message("code", "empty"))],
        description=_(
            "Proves that you run this server, which printed it when it started. `nexus user "
            "create` on the server doesn’t ask for one."
        ),
        render_kw=USERNAME_ATTRIBUTES | {"autocomplete": "one-time-code"},
    )


class AddressForm(AccountForm):
    """The address to prove before registering with it."""

    email = EmailField(
        _("E-mail"),
        [InputRequired(message("email", "empty"))],
        description=_("Not shown to others."),
        render_kw={"autocomplete": "email"},
    )


class RegisterForm(AccountForm):
    username = username_field()
    email = email_field()
    password = new_password_field(_("Password"))
    password_confirm = repeated_password_field(_("Password again"), required=True)
    code = setup_code_field()

    # See `bot_traps`.
    opened = HiddenField()
    homepage = StringField(
        _("Leave this empty"), render_kw={"autocomplete": "off", "tabindex": "-1"}
    )

    def __init__(self, *, needs_code: bool = False, email: str = "", **kwargs: Any) -> None:
        """Without an address field if `email` is an address that was proven."""
        super().__init__(**kwargs)
        self.proven_email = email
        if email:
            del self.email
        if not needs_code:
            del self.code
        if not self.is_submitted():
            self.opened.data = bot_traps.new_stamp()

    def registration(self) -> Registration:
        return Registration(
            self.text("username"),
            self.text("password"),
            self.proven_email or self.text("email"),
            self.text("code") if "code" in self else "",
            is_confirmed=bool(self.proven_email),
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Validates fields and business rules together, so that all problems are shown at once."""
        is_complete: bool = super().validate(extra_validators)
        try:
            check_registration(self.registration())
        except AccountRefused as refused:
            self.show(refused)
            return False
        if is_complete and not bot_traps.is_human(self.text("opened"), self.text("homepage")):
            self._ask_again()
            return False
        return is_complete

    def _ask_again(self) -> None:
        self.form_errors = [str(_("Please enter the password again and send the form once more."))]
        self.homepage.data = ""
        if not bot_traps.age_is_human(self.text("opened")):
            self.opened.data = bot_traps.new_stamp()
