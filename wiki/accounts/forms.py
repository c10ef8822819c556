"""Fields and behaviour shared by the account forms. The services decide which values are valid."""

from wtforms import BooleanField, EmailField, PasswordField
from wtforms.validators import EqualTo, InputRequired, Optional

from wiki.accounts.errors import AccountRefused
from wiki.accounts.messages import message
from wiki.i18n import Words
from wiki.i18n import lazy as _
from wiki.rate_limits import LimitReached
from wiki.rate_limits.messages import limit_messages, wait_message
from wiki.web.csrf import ProtectedForm

USERNAME_ATTRIBUTES = {"autocapitalize": "none", "spellcheck": "false"}
NEW_PASSWORD_ATTRIBUTES = {"autocomplete": "new-password"}
CODE_ATTRIBUTES = {
    "autocomplete": "one-time-code",
    "autocapitalize": "none",
    "spellcheck": "false",
    "dir": "ltr",
}


class AccountForm(ProtectedForm):
    """A form that shows what was refused, or that it was sent too often."""

    wait = 0  # seconds until it may be sent again

    @property
    def status(self) -> int:
        """The HTTP status for the page with the form."""
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
            if name not in self:
                self.form_errors = [*self.form_errors, str(message(name, reason))]
                continue
            # One message per field is enough; the first one is about missing input.
            self[name].errors = self[name].errors or [message(name, reason)]

    def text(self, name: str) -> str:
        """The value of a field; empty if it is missing."""
        return (self[name].data or "") if name in self else ""


def new_password_field(label: Words) -> PasswordField:
    return PasswordField(
        label,
        [InputRequired(message("password", "empty"))],
        description=_("At least eight characters. Several words make a good password."),
        render_kw=NEW_PASSWORD_ATTRIBUTES,
    )


def repeated_password_field(label: Words, **attributes: bool) -> PasswordField:
    return PasswordField(
        label,
        [EqualTo("password", message("password_confirm", "different"))],
        render_kw=NEW_PASSWORD_ATTRIBUTES | attributes,
    )


def revoke_tokens_field() -> BooleanField:
    return BooleanField(
        _("Revoke my access tokens, too"),
        description=_("Programs keep working with them after the password has changed."),
    )


def email_field() -> EmailField:
    return EmailField(
        _("E-mail"),
        [Optional()],
        description=_(
            "Another way to sign in, unless another account already uses it. Not shown to others."
        ),
        render_kw={"autocomplete": "email"},
    )
