"""The forms of the second factor."""

from typing import Any

from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from wiki.accounts.forms import CODE_ATTRIBUTES, AccountForm
from wiki.accounts.messages import message
from wiki.i18n import lazy as _


def current_password_field(**options: Any) -> PasswordField:
    return PasswordField(
        _("Current password"),
        [InputRequired(message("current_password", "empty"))],
        render_kw={"autocomplete": "current-password"},
        **options,
    )


def _code_field(**options: Any) -> StringField:
    return StringField(
        _("Code"),
        [InputRequired(message("code", "missing"))],
        description=_("From your app, or a recovery code."),
        render_kw=CODE_ATTRIBUTES,
        **options,
    )


class CurrentPasswordForm(AccountForm):
    current_password = current_password_field()


class ConfirmCodeForm(AccountForm):
    code = StringField(
        _("Code"),
        [InputRequired(message("code", "missing"))],
        description=_("The six digits that your app shows now."),
        render_kw=CODE_ATTRIBUTES | {"inputmode": "numeric"},
    )


class BothFactorsForm(AccountForm):
    current_password = current_password_field()
    code = _code_field()


class SwitchOffForm(AccountForm):
    """The same, with other ids: both stand on one page."""

    current_password = current_password_field(id="off_password")
    code = _code_field(id="off_code")
