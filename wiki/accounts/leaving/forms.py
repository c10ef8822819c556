"""The form for closing an account."""

from wtforms import BooleanField
from wtforms.validators import InputRequired

from wiki.accounts.authentication.forms import CurrentPasswordForm
from wiki.accounts.messages import message
from wiki.i18n import lazy as _


class CloseForm(CurrentPasswordForm):
    is_sure = BooleanField(
        _("I want to close my account for good"), [InputRequired(message("is_sure", "empty"))]
    )
