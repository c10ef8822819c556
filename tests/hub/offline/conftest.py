"""The hub in one file, and giving back what was changed in it."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.hub.offline.opened_file import OpenedFile
from tests.person import Person
from wiki.access.models import Rank
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import Edit, save_edit

TEXT = "One line.\n\nAnother line.\n\nThe last one.\n"
MINE = TEXT.replace("Another", "My")


@pytest.fixture
def pages(app: Flask, make_page: Any) -> dict[str, int]:
    """Their ids: four that learners edit, two that only mentors do."""
    made = {path: make_page(path, text=TEXT).page_id for path in ("a", "b", "c", "d")}
    made |= {path: make_page(path, text=TEXT).page_id for path in ("kept/e", "kept/f")}
    with app.app_context():
        set_rule("kept", RuleTerms(read_rank=Rank.ANYBODY, edit_rank=Rank.MENTOR), by=None)
    return made


def change(app: Flask, page_id: int, text: str, base: int = 1) -> None:
    with app.app_context():
        save_edit(page_id, Edit(Content("Meanwhile", text), base), by=None)


@pytest.fixture
def opened() -> Callable[..., OpenedFile]:
    """`opened(person, below="guides")`: the file, as that person gets it."""

    def opened(person: Person, **asked: Any) -> OpenedFile:
        answer = person.get("/offline/hub.html", query_string=asked)
        assert answer.status_code == 200
        return OpenedFile(answer.text)

    return opened


@pytest.fixture
def apply_changes() -> Callable[[Person, str], TestResponse]:
    """`apply_changes(person, changes)`: sends the file by the form."""

    def apply_changes(person: Person, changes: str | bytes) -> TestResponse:
        raw = changes.encode() if isinstance(changes, str) else changes
        form = person.open_form("/offline", has="file")
        return form.submit(file=(io.BytesIO(raw), "changes.json"))

    return apply_changes
