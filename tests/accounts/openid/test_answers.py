"""What the provider answers is checked, and so is whose answer it is."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.accounts.conftest import is_signed_in
from tests.accounts.openid.conftest import Arrive, at_provider
from tests.openid_provider import Provider
from tests.pages.visible_text import main
from tests.person import Person
from wiki.database import utcnow


def test_a_token_that_is_not_for_this_sign_in_is_refused(
    client: Person, arrive: Arrive, provider: Provider
) -> None:
    cases = [
        {"nonce": "another one"},
        {"nonce": None},
        {"iss": "https://elsewhere.example"},
        {"aud": "another client"},
        {"aud": ["nexus", "another client"]},  # without `azp`
        {"aud": None},
        {"azp": "another client"},
        {"exp": 1},
        {"exp": None},
        {"iat": 32_503_680_000},
        {"sub": ""},
        {"sub": 7},
        {"sub": None},
    ]
    for claims in cases:
        provider.claims = claims
        answer = arrive(client)
        assert answer.status_code == 502, claims
        assert "can’t be trusted" in main(answer), claims
        assert client.get("/account/openid/register").status_code == 400, claims


def test_an_unsigned_token_is_refused(client: Person, arrive: Arrive, provider: Provider) -> None:
    provider.algorithm = "none"
    assert arrive(client).status_code == 502


def test_a_token_signed_by_a_stranger_is_refused(
    client: Person, arrive: Arrive, provider: Provider
) -> None:
    from joserfc.jwk import RSAKey

    arrive(client)  # its keys are known now
    stranger = RSAKey.generate_key(2048, {"kid": provider.key.kid})
    provider._sign = lambda claims: Provider._sign(  # type: ignore[method-assign]
        _with_key(provider, stranger), claims
    )
    assert arrive(client).status_code == 502


def _with_key(provider: Provider, key: Any) -> Provider:
    other = copy.copy(provider)
    other.key = key
    return other


def test_the_provider_changes_its_keys(
    app: Flask, selam: Person, arrive: Arrive, provider: Provider
) -> None:
    provider.rotate_keys()
    phone: Any = app.test_client()
    assert arrive(phone).status_code == 303
    assert is_signed_in(phone)
    assert provider.asked.count("/keys") == 2


def test_an_answer_is_taken_once(client: Person, selam: Person) -> None:
    selam.post_form("/account/logout")
    back = at_provider(selam.get("/account/openid"))
    kept = selam.get_cookie("nexus_session")
    assert kept is not None
    assert selam.get(back).status_code == 303
    assert selam.get(back).status_code == 400
    # Even a browser that has kept its cookie is refused: the provider takes a code once.
    selam.set_cookie("nexus_session", kept.value)
    answer = selam.get(back)
    assert answer.status_code == 502
    assert "This code is not valid." in main(answer)


def test_an_answer_is_of_the_browser_that_asked(app: Flask, client: Person) -> None:
    back = at_provider(client.get("/account/openid"))
    stranger: Any = app.test_client()
    answer = stranger.get(back)
    assert answer.status_code == 400
    assert not is_signed_in(stranger)
    for query in ("", "?code=1", "?state=&code=1", "?error=access_denied"):
        assert stranger.get(f"/account/openid/callback{query}").status_code == 400


def test_it_takes_ten_minutes_at_the_most(client: Person) -> None:
    back = at_provider(client.get("/account/openid"))
    with time_machine.travel(utcnow().timestamp() + 700):
        assert client.get(back).status_code == 400


@pytest.mark.parametrize(
    ("refusal", "status", "said"),
    [
        ({"error": "access_denied", "error_description": "Not <b>today</b>."}, 403, "Not <b>tod"),
        ({"error": "temporarily_unavailable"}, 502, "temporarily_unavailable"),
    ],
)
def test_what_the_provider_says_is_reported_as_text(
    client: Person,
    arrive: Arrive,
    provider: Provider,
    *,
    refusal: dict[str, str],
    status: int,
    said: str,
) -> None:
    provider.refusal = refusal
    answer = arrive(client)
    assert answer.status_code == status
    assert said in main(answer)
    assert "<b>today" not in answer.text


def test_an_answer_of_another_provider_is_refused(
    client: Person, arrive: Arrive, provider: Provider
) -> None:
    provider.iss_in_answer = "https://elsewhere.example"
    assert arrive(client).status_code == 502
    assert "/token" not in provider.asked


def test_metadata_of_another_issuer_are_refused(client: Person, provider: Provider) -> None:
    provider.told_issuer = "https://elsewhere.example"
    assert client.get("/account/openid").status_code == 502


def test_while_the_provider_is_down_passwords_work(
    app: Flask, client: Person, provider: Provider, sign_in: Callable[..., Any]
) -> None:
    provider.is_broken = True
    answer = client.get("/account/openid")
    assert answer.status_code == 503
    assert "School can’t be reached" in main(answer)
    assert sign_in("boss", by=client).status_code == 303
    provider.stop()
    assert app.test_client().get("/account/openid").status_code == 503


def test_a_provider_that_fails_midway_is_reported(client: Person, provider: Provider) -> None:
    back = at_provider(client.get("/account/openid"))
    provider.is_broken = True
    assert client.get(back).status_code == 503
