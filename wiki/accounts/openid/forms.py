"""The forms of somebody who comes from the provider."""

from typing import Any

from wtforms import PasswordField
from wtforms.validators import InputRequired

from wiki.accounts.forms import AccountForm
from wiki.accounts.messages import message
from wiki.accounts.registration.forms import setup_code_field, username_field
from wiki.i18n import lazy as _


class ChooseNameForm(AccountForm):
    """A name for a new account, which gets no password."""

    username = username_field()
    code = setup_code_field()

    def __init__(self, *, needs_code: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not needs_code:
            del self.code


class LinkForm(AccountForm):
    current_password = PasswordField(
        _("Current password"),
        [InputRequired(message("current_password", "empty"))],
        render_kw={"autocomplete": "current-password"},
    )
