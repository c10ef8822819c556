"""Strangers send no body where they may not write: who they are is asked before it is read."""

from typing import Any

import pytest

from tests import routes
from wiki.access.early_auth import PUBLIC_FORM_LIMIT, PUBLIC_FORMS, SHORT_BODY_LIMIT

URLENCODED = "application/x-www-form-urlencoded"


class Unread:
    """A body that must not be read."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = readinto = readlines = __iter__ = read


def _send(client, address, length):
    body = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(length)}
    return client.post(address, content_type=URLENCODED, environ_overrides=body)


@pytest.mark.parametrize("is_public", [True, False])
def test_nothing_of_a_stranger_is_read(make_app, make_page, is_public):
    make_page("here")
    app = make_app(public_reading=is_public)
    client = app.test_client()
    asked = 0
    for rule, address in routes.addresses(app, {"path": "here", "tag": "t", "name": "n"}):
        if "POST" not in (rule.methods or ()) or rule.endpoint in PUBLIC_FORMS:
            continue
        for length in (SHORT_BODY_LIMIT + 1, 5_000_000, 95_000_000):
            assert _send(client, address, length).status_code == 401, rule
        asked += 1
    assert asked > 15


def test_a_form_that_everybody_may_send_is_short(client):
    cases = [
        "/account/login",
        "/account/register",
        "/account/forgotten",
        "/account/email/confirm",
        "/theme",
    ]
    for address in cases:
        answer = client.post(
            address, data=b"a=" + b"x" * PUBLIC_FORM_LIMIT, content_type=URLENCODED
        )
        assert answer.status_code == 413, address
        assert "Too large" in answer.text, address


def test_too_much_is_reported_to_who_is_signed_in(client_of, make_page):
    make_page("here")
    cases = [
        "/account/settings",
        "/account/login",
        "/account/logout",
        "/account/password",
        "/edit/here",
        "/new",
        "/theme",
    ]
    for address in cases:
        answer = client_of("selam").post(
            address, data=b"text=" + b"x" * 13_000_000, content_type=URLENCODED
        )
        assert answer.status_code == 413, address
        assert "Too large" in answer.text, address


def test_a_reader_sends_no_files(client_of):
    answer = _send(client_of("tirunesh", role="reader"), "/files/upload", 1_000_000)
    assert answer.status_code == 403


def test_who_was_here_gets_back_what_they_typed(client, make_user, make_page):
    make_user("selam", password="correct horse battery")
    make_page("redis", text="Before.\n")
    client.post_form("/account/login", username="selam", password="correct horse battery")
    form = client.open_form("/edit/redis")
    client.post_form("/account/logout")
    typed = "What I typed for an hour.\n" * 10_000
    answer = form.submit(text=typed)
    assert answer.status_code == 401
    assert "You are signed out" in answer.text
    assert client.form_in(answer, "/edit/redis").values["text"] == typed
