"""The form with which people register."""

from typing import Any

from wtforms import StringField
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
    password = new_password_field(_("Password"))
    password_confirm = repeated_password_field(_("Password again"), required=True)
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
