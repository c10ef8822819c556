"""What tests of accounts share: registering, signing in, and checking that somebody is."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests import speedups
from tests.factories import PASSWORD
from tests.person import Person
from wiki.accounts.credentials import passwords
from wiki.accounts.registration import bot_traps


@pytest.fixture
def no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """People take longer to register than tests do."""
    monkeypatch.setattr(bot_traps, "MIN_SECONDS", 0)


@pytest.fixture
def register(client: Person) -> Callable[..., TestResponse]:
    """`register("selam", email="…")`: the form of registration, sent from `client`."""

    def register(
        username: str = "selam", *, by: Person | None = None, at: str = "", **fields: Any
    ) -> TestResponse:
        fields = {
            "password": PASSWORD,
            "password_confirm": fields.get("password", PASSWORD),
        } | fields
        return (by or client).post_form(f"/account/register{at}", username=username, **fields)

    return register


@pytest.fixture
def sign_in(client: Person) -> Callable[..., TestResponse]:
    """`sign_in("selam", "her password", remember=True)`: the form of signing in."""

    def sign_in(
        username: str,
        password: str = PASSWORD,
        *,
        by: Person | None = None,
        at: str = "",
        **fields: Any,
    ) -> TestResponse:
        return (by or client).post_form(
            f"/account/login{at}", username=username, password=password, **fields
        )

    return sign_in


@pytest.fixture
def full_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed at their real cost."""
    monkeypatch.setattr(passwords, "_hasher", speedups.HASHER)


def is_signed_in(client: Person) -> bool:
    """Only people who are signed in see the settings."""
    return client.get("/account/settings").status_code == 200
