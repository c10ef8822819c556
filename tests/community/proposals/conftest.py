"""A reader who proposes, a mentor who decides."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests.person import Form, Person
from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.community.proposals.proposing.parts import ProposedPage
from wiki.community.proposals.proposing.propose import propose
from wiki.database import db
from wiki.pages.writing.content import Content

TEXT = "Redis keeps everything in memory.\n\nIt can write it to disk.\n\nIt has one thread.\n"


@pytest.fixture
def reader(client_of: Callable[..., Person]) -> Person:
    return client_of("selam", role="reader")


@pytest.fixture
def mentor(client_of: Callable[..., Person]) -> Person:
    return client_of("dawit", role="mentor")


def proposed(reader: Person, path: str, **fields: Any) -> str:
    """Propose what `fields` say of a page; the address of the proposal."""
    answer = reader.post_form(f"/propose/{path}", **fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def button(person: Person, address: str, action: str) -> Form:
    """The form of a button on a proposal's page."""
    return person.form_in(person.get(address), f"{address}/{action}")


def press(person: Person, address: str, name: str, /, **fields: Any) -> Any:
    return button(person, address, name).submit(**fields)


@pytest.fixture
def viewer_of() -> Callable[[User], Viewer]:
    return lambda user: Viewer(user.id, user.role)


@pytest.fixture
def suggest(app: Flask, make_user: Any, viewer_of: Any) -> Iterator[Callable[..., int]]:
    """`suggest("selam", page_id, "text")`: proposes a text by the public function."""

    def suggest(name: str, page_id: int, text: str, base: int = 1, title: str = "A page") -> int:
        by = make_user(name, role="reader")
        with app.app_context():
            page = ProposedPage(Content(title, text), page_id=page_id, base_revision=base)
            found = propose([page], by=db.session.merge(by), viewer=viewer_of(by), title=text[:20])
            db.session.remove()
            return found

    return suggest
