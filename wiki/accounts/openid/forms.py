"""The forms of somebody who comes from the provider."""

from typing import Any

from wiki.accounts.forms import AccountForm
from wiki.accounts.registration.forms import setup_code_field, username_field


class ChooseNameForm(AccountForm):
    """A name for a new account, which gets no password."""

    username = username_field()
    code = setup_code_field()

    def __init__(self, *, needs_code: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not needs_code:
            del self.code
