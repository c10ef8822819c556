"""Errors are explained, with the right status, and what was typed comes back."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import factories
from tests.pages.visible_text import main
from tests.person import Person

TYPED = "What I typed for an hour.\n"


# Our own bugs


@pytest.fixture
def broken(make_app: Callable[..., Flask]) -> Person:
    """A learner in a wiki with a bug at /broken, served as to the public."""
    app = make_app()
    app.add_url_rule("/broken", "broken", _fail, methods=["GET", "POST"])
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return factories.client_of(app, factories.make_user(app, "selam"))


def _fail() -> TestResponse:
    raise ZeroDivisionError("a secret detail")


def test_a_mistake_of_ours_is_reported_without_details(broken: Person) -> None:
    answer = broken.get("/broken")
    assert answer.status_code == 500
    assert "Something went wrong" in main(answer)
    assert "secret detail" not in answer.text
    assert "ZeroDivisionError" not in answer.text


def test_a_mistake_of_ours_keeps_what_was_typed(broken: Person) -> None:
    token = broken.open_form("/new").values["csrf_token"]
    answer = broken.post("/broken", data={"csrf_token": token, "text": TYPED})
    assert answer.status_code == 500
    assert TYPED in answer.text


# The same in other forms


def test_a_program_is_answered_in_its_language(client: Person) -> None:
    answer = client.get("/changes?page=99", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json == {"error": "This list has no page with that number."}


def test_another_method_than_the_address_takes(client: Person, make_page: Any) -> None:
    make_page("redis")
    token = client.open_form("/account/login").values["csrf_token"]
    assert client.post("/wiki/redis", data={"csrf_token": token}).status_code == 405
    assert client.put("/edit/redis").status_code in (400, 401, 405)


def test_an_address_that_is_nowhere(client: Person) -> None:
    answer = client.get("/nowhere/at/all")
    assert answer.status_code == 404
    assert "Not found There is no page at this address." in main(answer)


def test_passwords_never_come_back(client: Person) -> None:
    answer = client.post(
        "/account/login", data={"username": "selam", "password": "hunter2", "text": "x"}
    )
    assert answer.status_code == 400
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 429, 500, 503])
def test_every_error_page_is_a_page_of_the_wiki(make_app: Any, status: int) -> None:
    from flask import abort

    app = make_app()
    app.add_url_rule("/stop", "stop", lambda: abort(status))
    answer = app.test_client().get("/stop")
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert "<main" in answer.text
    assert "Content-Security-Policy" in answer.headers
