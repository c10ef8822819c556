"""Somebody with a second factor, and the phone that shows their codes."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pyotp
import pytest

from tests.factories import PASSWORD
from tests.person import Person

URL = "/account/second-factor"


@dataclass
class Phone:
    """An app that knows the secret; `code()` is another one each time."""

    secret: str
    recovery_codes: list[str] = field(default_factory=list)
    steps: int = -2

    def code(self) -> str:
        # Within the skew of clocks there are three that haven't been used.
        self.steps += 1
        return pyotp.TOTP(self.secret).at(time.time() + 30 * self.steps)


@pytest.fixture
def set_up() -> Callable[[Person], Phone]:
    """`set_up(client)`: whoever is signed in there switches the second factor on."""

    def set_up(client: Person) -> Phone:
        answer = client.post_form(URL, current_password=PASSWORD)
        assert answer.location == f"{URL}/set-up"
        shown = client.get(answer.location).text
        secret = re.search(r'class="secret"[^>]*>([A-Z2-7 ]+)<', shown)
        assert secret is not None
        phone = Phone(secret[1].replace(" ", ""))
        answer = client.post_form(f"{URL}/set-up", code=phone.code())
        assert answer.status_code == 200, answer.text
        phone.recovery_codes = re.findall(r"<code>(\w{5}-\w{5})</code>", answer.text)
        return phone

    return set_up
