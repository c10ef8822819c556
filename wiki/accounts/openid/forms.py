"""The form for people who arrive from the provider without an account."""

from typing import Any

from wiki.accounts.forms import AccountForm
from wiki.accounts.registration.forms import setup_code_field, username_field


class ChooseNameForm(AccountForm):
    """The name for a new account without a password."""

    username = username_field()
    code = setup_code_field()

    def __init__(self, *, needs_code: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not needs_code:
            del self.code
