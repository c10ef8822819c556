"""Requests that other sites make a browser send, and those that only look like it."""

from typing import Any

import pytest
from flask_wtf import FlaskForm
from itsdangerous import URLSafeTimedSerializer

from tests.person import Person
from wiki.web.csrf import ProtectedForm

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


def test_from_anywhere_else_it_does(client: Person, selam: Person) -> None:
    for headers in OTHERS:
        assert save(selam, headers) == 400, headers
        assert client.get("/raw/redis").text == "Before.\n", headers


def test_what_loses_no_text_needs_one_from_everywhere(selam: Person) -> None:
    for url in ["/delete/redis", "/rename/redis", "/account/settings"]:
        for headers in OURS:
            assert (
                selam.post(url, data={"base_revision": "1"}, headers=headers).status_code == 400
            ), (url, headers)


def test_a_word_from_here_signs_nobody_in(client: Person, selam: Person) -> None:
    assert save(client, OURS[0]) == 401


def token_of(person: Person, url: str = "/edit/redis") -> str:
    return str(person.open_form(url).values["csrf_token"])


def test_a_token_is_masked_anew_each_time_that_it_is_shown(selam: Person) -> None:
    with selam.session_transaction() as session:
        session["csrf_token"] = "a" * 40
    signed = URLSafeTimedSerializer(selam.application.secret_key or b"", salt="wtf-csrf-token")
    shown = [token_of(selam) for _ in range(3)]
    assert len(set(shown)) == 3
    # Nothing of it repeats, as a compressed page would tell by its length.
    for start in range(0, len(shown[0]) - 8):
        assert shown[0][start : start + 8] not in shown[1] + shown[2]
    page = selam.get("/edit/redis").text
    assert str(signed.dumps("a" * 40))[:12] not in page
    for token in shown:  # each of them is good, in any order and more than once
        answer = selam.post("/account/settings", data={"csrf_token": token})
        assert answer.status_code != 400
        assert selam.post("/delete/redis", data={"csrf_token": token}).status_code != 400


def test_what_is_no_token_is_refused(selam: Person) -> None:
    token = token_of(selam)
    for wrong in ["", "x", "abcd", "ዐ", "=" * 40, "A" * 243, "A" * 244]:
        for sent in (wrong, wrong + "A" + token, token[:-4], token[4:], token.swapcase()):
            answer = selam.post("/delete/redis", data={"csrf_token": sent, "base_revision": "1"})
            assert answer.status_code == 400, sent


def test_an_unmasked_token_is_none(selam: Person) -> None:
    with selam.session_transaction() as session:
        session["csrf_token"] = "a" * 40
    signer = URLSafeTimedSerializer(selam.application.secret_key or b"", salt="wtf-csrf-token")
    data = {"csrf_token": str(signer.dumps("a" * 40)), "base_revision": "1"}
    assert selam.post("/delete/redis", data=data).status_code == 400


def test_every_form_masks_its_token() -> None:
    assert FlaskForm.__subclasses__() == [ProtectedForm]


def test_pages_with_a_form_are_compressed(selam: Person) -> None:
    for coding in ["br", "gzip"]:
        for url in ["/edit/redis", "/new", "/account/settings", "/theme"]:
            plain = selam.get(url)
            packed = selam.get(url, headers={"Accept-Encoding": coding})
            assert "csrf_token" in plain.text, (coding, url)
            assert packed.headers["Content-Encoding"] == coding, (coding, url)
            assert "Accept-Encoding" in packed.headers["Vary"], (coding, url)
            assert len(packed.data) < len(plain.data) / 2, (coding, url)


def test_whose_form_it_is_counts_where_no_token_does(
    client: Person, selam: Person, client_of: Any
) -> None:
    """In one browser somebody else has signed in since the form was opened."""
    form = selam.open_form("/edit/redis")
    dawit = client_of("dawit")
    fields = {**form.values, "text": "Hers.\n", "page": "redis"}
    ours = OURS[0]
    answer = dawit.post("/drafts", data=fields, headers={**ours, "Accept": "application/json"})
    assert answer.status_code == 401
    assert "Hers" not in dawit.get("/drafts").text
    assert dawit.post("/preview", data=fields, headers=ours).status_code == 401
    answer = dawit.post("/edit/redis", data=fields, headers=ours)
    assert answer.status_code == 401
    assert "Somebody else is signed in" in answer.text
    assert client.get("/raw/redis").text == "Before.\n"
    again = dawit.form_in(answer, "/edit/redis")
    assert again.values["text"] == "Hers.\n"
    assert again.submit().status_code == 303
    assert selam.post("/drafts", data=fields, headers=ours).status_code == 200
