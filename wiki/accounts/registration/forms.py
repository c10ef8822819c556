"""The form with which people register."""

from typing import Any

from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired

from wiki.accounts.errors import AccountRefused
from wiki.accounts.forms import (
    NEW_PASSWORD_ATTRIBUTES,
    USERNAME_ATTRIBUTES,
    AccountForm,
    email_field,
)
from wiki.accounts.messages import message
from wiki.accounts.registration.register import Registration, check_registration
from wiki.i18n import lazy as _


class RegisterForm(AccountForm):
    username = StringField(
        _("Name"),
        [InputRequired(message("username", "empty"))],
        description=_(
            "Visible to others. Letters of any script, digits, dots, hyphens and underscores."
        ),
        render_kw=USERNAME_ATTRIBUTES | {"autocomplete": "username"},
    )
    email = email_field()
    password = PasswordField(
        _("Password"),
        [InputRequired(message("password", "empty"))],
        description=_("At least eight characters. Several words make a good password."),
        render_kw=NEW_PASSWORD_ATTRIBUTES,
    )
    password_confirm = PasswordField(
        _("Password again"),
        [EqualTo("password", message("password_confirm", "different"))],
        render_kw=NEW_PASSWORD_ATTRIBUTES | {"required": True},
    )

    code = StringField(
        _("Code from the terminal"),
        [InputRequired(message("code", "empty"))],
        description=_(
            "Proves that you run this server, which printed it when it started. `nexus user "
            "create` on the server doesn’t ask for one."
        ),
        render_kw=USERNAME_ATTRIBUTES | {"autocomplete": "one-time-code"},
    )

    def __init__(self, *, needs_code: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not needs_code:
            del self.code

    def registration(self) -> Registration:
        code = self.text("code") if "code" in self else ""
        return Registration(self.text("username"), self.text("password"), self.text("email"), code)

    def validate(self, extra_validators: Any = None) -> bool:
        """Fields and rules together, so that every problem is shown at once."""
        is_complete: bool = super().validate(extra_validators)
        try:
            check_registration(self.registration())
        except AccountRefused as refused:
            self.show(refused)
            return False
        return is_complete
