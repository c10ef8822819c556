"""Requests that other sites make a browser send, and those that only look like it."""

from typing import Any

import pytest

from tests.person import Person

HERE = "http://localhost"
OTHERS = [
    {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
    {"Sec-Fetch-Site": "same-site", "Origin": HERE},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "https://localhost"},
    {"Origin": "http://localhost:81"},
    {"Origin": "null"},
    {"Origin": ""},
    {},
]
OURS = [{"Sec-Fetch-Site": "same-origin"}, {"Origin": HERE}]


@pytest.fixture
def selam(client_of: Any, make_page: Any) -> Person:
    make_page("redis", text="Before.\n")
    person: Person = client_of("selam")
    return person


def save(person: Person, headers: dict[str, str], **fields: str) -> int:
    fields = {"text": "After.\n", "base_revision": "1", **fields}
    return person.post("/edit/redis", data=fields, headers=headers).status_code


@pytest.mark.parametrize("headers", OURS)
@pytest.mark.parametrize("token", ["", "of a session that ended"])
def test_a_save_from_here_needs_no_token(
    client: Person, selam: Person, headers: dict[str, str], token: str
) -> None:
    assert save(selam, headers, csrf_token=token) == 303
    assert client.get("/raw/redis").text == "After.\n"


@pytest.mark.parametrize("headers", OTHERS)
def test_from_anywhere_else_it_does(client: Person, selam: Person, headers: dict[str, str]) -> None:
    assert save(selam, headers) == 400
    assert client.get("/raw/redis").text == "Before.\n"


@pytest.mark.parametrize("headers", OURS)
@pytest.mark.parametrize("url", ["/delete/redis", "/rename/redis", "/account/settings"])
def test_what_loses_no_text_needs_one_from_everywhere(
    selam: Person, url: str, headers: dict[str, str]
) -> None:
    assert selam.post(url, data={"base_revision": "1"}, headers=headers).status_code == 400


def test_a_word_from_here_signs_nobody_in(client: Person, selam: Person) -> None:
    assert save(client, OURS[0]) == 401
