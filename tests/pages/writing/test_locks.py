"""What the lock of a page keeps others from, on PostgreSQL: changing it, not referring to it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from tests.factories import client_of, make_page, make_user
from tests.person import Person
from wiki.app_state import settings_of

pytestmark = pytest.mark.postgres
CHANGES: dict[str, Callable[[Person], object]] = {
    "save": lambda person: person.post_form("/edit/redis", text="More.\n"),
    "propose": lambda person: person.post_form("/propose/redis", text="Less.\n"),
    "comment": lambda person: person.post_form("/discuss/redis", text="A word."),
    "protect": lambda person: person.post_form("/access/redis", action="protect"),
    "rename": lambda person: person.post_form("/rename/redis", title="Valkey", path="valkey"),
    "delete": lambda person: person.post_form("/delete/valkey", summary="Gone"),
}


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_no_change_waits_for_what_refers_to_the_page(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the notifier's rows do, while it waits for the row of somebody who changes the page."""
    make_page(app, "redis", "Redis")
    mentor = client_of(app, make_user(app, "mentor", "admin"))
    monkeypatch.setattr("wiki.database.connections.BUSY_TIMEOUT", 200)
    engine = create_engine(settings_of(app).database_url)
    with engine.begin() as other:
        other.execute(text("SELECT id FROM page FOR KEY SHARE"))
        answers = {name: change(mentor).status_code for name, change in CHANGES.items()}
    engine.dispose()
    assert answers == dict.fromkeys(CHANGES, 303)
