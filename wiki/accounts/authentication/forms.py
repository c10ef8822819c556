"""The forms of signing in and of a new password."""

from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired

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
