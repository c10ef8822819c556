"""The hub in one file, and giving back what was changed in it."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.hub.offline.opened_file import OpenedFile
from tests.person import Person


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
