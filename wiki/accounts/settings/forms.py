"""The forms of the account settings."""

from typing import Any

from wtforms import PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Optional

from wiki.accounts.authentication.forms import CurrentPasswordForm
from wiki.accounts.forms import (
    NEW_PASSWORD_ATTRIBUTES,
    USERNAME_ATTRIBUTES,
    AccountForm,
    email_field,
    repeated_password_field,
    revoke_tokens_field,
)
from wiki.accounts.messages import message
from wiki.i18n import lazy as _
from wiki.timezones import zone_names


class SettingsForm(CurrentPasswordForm):
    email = email_field()
    password = PasswordField(
        _("New password"),
        [Optional(strip_whitespace=False)],
        description=_(
            "Leave empty to keep your current password. A new one signs you out everywhere else."
        ),
        render_kw=NEW_PASSWORD_ATTRIBUTES,
    )
    password_confirm = repeated_password_field(_("New password again"))
    revoke_tokens = revoke_tokens_field()
    current_password = PasswordField(
        _("Current password"),
        [InputRequired(message("current_password", "empty"))],
        description=_("Keeps others from changing this on a device you left unlocked."),
        render_kw={"autocomplete": "current-password"},
    )


class NameForm(CurrentPasswordForm):
    username = StringField(
        _("Name"),
        [InputRequired(message("username", "empty"))],
        render_kw=USERNAME_ATTRIBUTES | {"autocomplete": "username"},
    )


class TimezoneForm(AccountForm):
    timezone = SelectField(_("Time zone"), description=_("The time zone in which you see times."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [SelectChoice(name, name.replace("_", " ")) for name in zone_names()]
        self.timezone.choices = [SelectChoice("", _("Same as the device")), *names]
