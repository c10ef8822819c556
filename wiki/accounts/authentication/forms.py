"""The forms of signing in and of a new password."""

from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired

from wiki.accounts.forms import NEW_PASSWORD_ATTRIBUTES, USERNAME_ATTRIBUTES, AccountForm
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


class NewPasswordForm(AccountForm):
    password = PasswordField(
        _("New password"),
        [InputRequired(message("password", "empty"))],
        description=_("At least eight characters. Several words make a good password."),
        render_kw=NEW_PASSWORD_ATTRIBUTES,
    )
    password_confirm = PasswordField(
        _("New password again"),
        [EqualTo("password", message("password_confirm", "different"))],
        render_kw=NEW_PASSWORD_ATTRIBUTES | {"required": True},
    )
