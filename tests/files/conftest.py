"""Files as people send them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.files.upload_forms import ask
from tests.person import Person


@pytest.fixture
def stored(client_of: Callable[..., Person]) -> Callable[..., dict[str, Any]]:
    """`stored("plan.png", content, page="redis")`: what the answer says of the one file sent."""

    def stored(name: str, content: bytes, by: str = "selam", **fields: Any) -> dict[str, Any]:
        answer = ask(client_of(by), (name, content), **fields)
        assert answer.status_code == 200, answer.text
        (file,) = answer.json["files"]
        return dict(file)

    return stored
