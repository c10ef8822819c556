"""The forms of accounts: which fields there are. What they may hold is asked of the rules."""

from typing import Any

from wtforms import BooleanField, EmailField, PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import EqualTo, InputRequired, Optional

from wiki.accounts.errors import AccountRefused
from wiki.accounts.messages import message
from wiki.accounts.registration.register import Registration, check_registration
from wiki.i18n import lazy as _
from wiki.rate_limits import LimitReached
from wiki.rate_limits.messages import limit_messages, wait_message
from wiki.timezones import zone_names
from wiki.web.csrf import ProtectedForm

_NAME = {"autocapitalize": "none", "spellcheck": "false"}
_NEW = {"autocomplete": "new-password"}


class AccountForm(ProtectedForm):
    """A form that can show what the rules refused, and that it was sent too often."""

    wait = 0  # seconds until it may be sent again

    @property
    def status(self) -> int:
        """With which status the form is shown."""
        if self.wait:
            return 429
        return 422 if self.errors else 200

    def show(self, error: AccountRefused | LimitReached) -> None:
        if isinstance(error, LimitReached):
            self.wait = error.wait
            self.form_errors: list[str] = [
                *self.form_errors,
                limit_messages(error)[1],
                wait_message(error.wait),
            ]
            return
        for name, reason in error.problems.items():
            # One sentence a field is enough; the first one is about what was left out.
            self[name].errors = self[name].errors or [message(name, reason)]

    def text(self, name: str) -> str:
        """What was typed into a field; nothing when the field wasn't sent."""
        return self[name].data or ""


class RegisterForm(AccountForm):
    username = StringField(
        _("Name"),
        [InputRequired(message("username", "empty"))],
        description=_(
            "Visible to others. Letters of any script, digits, dots, hyphens and underscores."
        ),
        render_kw=_NAME | {"autocomplete": "username"},
    )
    email = EmailField(
        _("E-mail"),
        [Optional()],
        description=_(
            "Another way to sign in, unless another account already uses it. Not shown to others."
        ),
        render_kw={"autocomplete": "email"},
    )
    password = PasswordField(
        _("Password"),
        [InputRequired(message("password", "empty"))],
        description=_("At least eight characters. Several words make a good password."),
        render_kw=_NEW,
    )
    password_confirm = PasswordField(
        _("Password again"),
        [EqualTo("password", message("password_confirm", "different"))],
        render_kw=_NEW | {"required": True},
    )

    code = StringField(
        _("Code from the terminal"),
        [InputRequired(message("code", "empty"))],
        description=_(
            "Proves that you run this server, which printed it when it started. `nexus user "
            "create` on the server doesn’t ask for one."
        ),
        render_kw=_NAME | {"autocomplete": "one-time-code"},
    )

    def __init__(self, *, needs_code: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not needs_code:
            del self.code

    def wish(self) -> Registration:
        code = self.text("code") if "code" in self else ""
        return Registration(self.text("username"), self.text("password"), self.text("email"), code)

    def validate(self, extra_validators: Any = None) -> bool:
        """Fields and rules together, so that everything is told at once."""
        is_complete: bool = super().validate(extra_validators)
        try:
            check_registration(self.wish())
        except AccountRefused as refused:
            self.show(refused)
            return False
        return is_complete


class LoginForm(AccountForm):
    username = StringField(
        _("Name or e-mail"),
        [InputRequired(message("username", "empty"))],
        render_kw=_NAME | {"autocomplete": "username"},
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
        render_kw=_NEW,
    )
    password_confirm = PasswordField(
        _("New password again"),
        [EqualTo("password", message("password_confirm", "different"))],
        render_kw=_NEW | {"required": True},
    )


class SettingsForm(AccountForm):
    email = EmailField(
        _("E-mail"),
        [Optional()],
        description=_(
            "Another way to sign in, unless another account already uses it. Not shown to others."
        ),
        render_kw={"autocomplete": "email"},
    )
    password = PasswordField(
        _("New password"),
        [Optional(strip_whitespace=False)],
        description=_(
            "Leave empty to keep your current password. A new one signs you out everywhere else."
        ),
        render_kw=_NEW,
    )
    password_confirm = PasswordField(
        _("New password again"),
        [EqualTo("password", message("password_confirm", "different"))],
        render_kw=_NEW,
    )
    current_password = PasswordField(
        _("Current password"),
        [InputRequired(message("current_password", "empty"))],
        description=_("Keeps others from changing this on a device you left unlocked."),
        render_kw={"autocomplete": "current-password"},
    )


class TimezoneForm(AccountForm):
    timezone = SelectField(_("Time zone"), description=_("The time zone in which you see times."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [SelectChoice(name, name.replace("_", " ")) for name in zone_names()]
        self.timezone.choices = [SelectChoice("", _("Same as the device")), *names]
