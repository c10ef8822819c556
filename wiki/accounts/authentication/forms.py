"""The forms for signing in and for a new password."""

from typing import Any

from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired

from wiki.accounts.authentication.sessions import signed_in_user
from wiki.accounts.forms import (
    CODE_ATTRIBUTES,
    USERNAME_ATTRIBUTES,
    AccountForm,
    new_password_field,
    repeated_password_field,
    revoke_tokens_field,
)
from wiki.accounts.messages import message
from wiki.i18n import lazy as _


def current_password_field(**options: Any) -> PasswordField:
    return PasswordField(
        _("Current password"),
        [InputRequired(message("current_password", "empty"))],
        render_kw={"autocomplete": "current-password"},
        **options,
    )


class CurrentPasswordForm(AccountForm):
    """A form that asks for the current password, if the person has one; see `reauthentication`."""

    current_password = current_password_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if signed_in_user().password_hash is None:
            del self.current_password


class LoginForm(AccountForm):
    username = StringField(
        _("Name or e-mail"),
        [InputRequired(message("username", "empty"))],
        render_kw=USERNAME_ATTRIBUTES | {"autocomplete": "username"},
    )
    password = PasswordField(
        _("Password"),
        [InputRequired(message("password", "empty"))],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField(_("Stay signed in on this device"))


class CodeForm(AccountForm):
    code = StringField(
        _("Code"),
        [InputRequired(message("code", "missing"))],
        description=_(
            "Six digits, from your authenticator app. Or one of your recovery codes, if you don’t "
            "have it with you."
        ),
        render_kw=CODE_ATTRIBUTES,
    )


class ForgottenPasswordForm(AccountForm):
    username = StringField(
        _("Name or e-mail"),
        [InputRequired(message("username", "empty"))],
        render_kw=USERNAME_ATTRIBUTES | {"autocomplete": "username"},
    )


class NewPasswordForm(AccountForm):
    password = new_password_field(_("New password"))
    password_confirm = repeated_password_field(_("New password again"), required=True)
    revoke_tokens = revoke_tokens_field()
    remove_passkeys = BooleanField(
        _("Remove my passkeys, too"),
        description=_("Otherwise, anyone who holds one can still sign in with it."),
    )
