"""The forms for the second factor."""

from typing import Any

from wtforms import StringField
from wtforms.validators import InputRequired

from wiki.accounts.authentication.forms import CurrentPasswordForm, current_password_field
from wiki.accounts.forms import CODE_ATTRIBUTES, AccountForm
from wiki.accounts.messages import message
from wiki.i18n import lazy as _


def _code_field(**options: Any) -> StringField:
    return StringField(
        _("Code"),
        [InputRequired(message("code", "missing"))],
        description=_("From your app, or one of your recovery codes."),
        render_kw=CODE_ATTRIBUTES,
        **options,
    )


class ConfirmCodeForm(AccountForm):
    code = StringField(
        _("Code"),
        [InputRequired(message("code", "missing"))],
        description=_("The six digits that your app shows now."),
        render_kw=CODE_ATTRIBUTES | {"inputmode": "numeric"},
    )


class BothFactorsForm(CurrentPasswordForm):
    code = _code_field()


class SwitchOffForm(CurrentPasswordForm):
    """The same fields with other ids, since both forms are on one page."""

    current_password = current_password_field(id="off_password")
    code = _code_field(id="off_code")
