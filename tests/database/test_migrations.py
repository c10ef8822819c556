"""Migrations run both ways on both databases, and lose nothing on the way up."""

import io
from collections.abc import Callable, Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, text

from tests import factories
from tests.files.upload_forms import picture
from wiki import create_app
from wiki.config import Settings
from wiki.database import db, schema
from wiki.database.schema import init_migrations
from wiki.files.write import upload_file
from wiki.pages.moving.rename import RenameRequest, rename_page
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import Edit, delete_page, save_edit


@pytest.fixture
def empty_app(empty_database: str, settings: Callable[..., Settings]) -> Iterator[Flask]:
    """An application on a database without tables."""
    app = create_app(settings(database_url=empty_database))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def config_of(app: Flask) -> Config:
    init_migrations(app)
    config: Config = app.extensions["migrate"].migrate.get_config()
    return config


def steps(app: Flask) -> list[str]:
    """Every migration, the oldest first."""
    script = ScriptDirectory.from_config(config_of(app))
    return [step.revision for step in script.walk_revisions()][::-1]


def counts() -> dict[str, int]:
    """Rows of each table."""
    with db.engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if name in db.metadata]
        return {
            name: connection.scalar(text(f'SELECT count(*) FROM "{name}"'))  # noqa: S608
            for name in names
        }


def fill(app: Flask) -> None:
    """Something in every table of pages and people."""
    user = factories.make_user(app, "selam")
    guide = factories.make_page(
        app, "guide", text="[[Redis]] [[Celery]]\n", tags=["a", "b"], by=user
    )
    redis = factories.make_page(app, "redis", text="word " * 500, by=user)
    save_edit(guide.page_id, Edit(Content("Guide", "[[Redis]]\n", tags=("a",)), 1), by=user)
    rename_page(redis.page_id, RenameRequest("Redis", "stores/redis", base_revision=1), by=user)
    gone = factories.make_page(app, "gone", by=user)
    delete_page(gone.page_id, base_revision=1, by=user)
    text_ = "[a](/files/1/plan.png) ![[plan.png]]\n"
    page = factories.make_page(app, "plans", text=text_, by=user)
    upload_file(io.BytesIO(picture()), "plan.png", page_id=page.page_id, by=user.id)


def test_it_works(empty_app: Flask) -> None:
    assert schema.upgrade(empty_app)
    assert schema.current(empty_app) == schema.head()
    assert set(db.metadata.tables) <= set(counts())
    assert not schema.upgrade(empty_app)
    # Models and migrations agree.
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_there_is_one_history(empty_app: Flask) -> None:
    script = ScriptDirectory.from_config(config_of(empty_app))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_up_and_down_and_up_on_a_filled_database(empty_app: Flask) -> None:
    schema.upgrade(empty_app)
    fill(empty_app)
    db.session.remove()
    command.downgrade(config_of(empty_app), "base")
    assert sum(counts().values()) == 0
    schema.upgrade(empty_app)
    fill(empty_app)
    assert counts()["revision"] == 7


def test_each_step_down_and_up_keeps_what_older_versions_know(empty_app: Flask) -> None:
    schema.upgrade(empty_app)
    fill(empty_app)
    db.session.remove()
    before = counts()
    for step in steps(empty_app)[:0:-1]:
        command.downgrade(config_of(empty_app), "-1")
        older = counts()
        assert {name: before[name] for name in older} == older, f"down from {step}"
        command.upgrade(config_of(empty_app), "+1")
        again = counts()
        assert {name: older[name] for name in older} == {name: again[name] for name in older}, (
            f"up to {step}"
        )
        command.downgrade(config_of(empty_app), "-1")


def test_going_up_keeps_every_row(empty_app: Flask) -> None:
    """From the first version's tables, filled by hand, to the newest."""
    first, *later = steps(empty_app)
    command.upgrade(config_of(empty_app), first)
    with db.engine.begin() as connection:
        for statement in rows_of_the_first_version(connection.dialect.name):
            connection.exec_driver_sql(statement)
    before = counts()
    for _ in later:
        command.upgrade(config_of(empty_app), "+1")
        now = counts()
        assert {name: now[name] for name in before} == before
    assert schema.current(empty_app) == schema.head()
    person = empty_app.test_client()
    page = person.get("/wiki/redis")
    assert page.status_code == 200
    assert "A store." in page.text
    assert person.get("/raw/redis?revision=1").text == "A store."


BLOB = {"sqlite": "BLOB", "postgresql": "bytea"}
FIRST_ROWS = """
INSERT INTO "user"
 (id, username, username_key, password_hash, role, is_enabled, session_stamp, created_at)
 VALUES (1, 'selam', 'selam', 'x', 'learner', true, 's', NOW);
INSERT INTO text (hash, body, is_compressed, size)
 VALUES ('h', CAST('A store.' AS BLOB), false, 8);
INSERT INTO page
 (id, path, key, title, title_key, kind, summary, revision_count, created_at, updated_at,
  updated_by_id)
 VALUES (1, 'redis', 'redis', 'Redis', 'redis', 'page', '', 1, NOW, NOW, 1);
INSERT INTO revision
 (id, page_id, number, action, author_id, created_at, path, title, kind, tags, fields, text_hash,
  summary, is_minor, size)
 VALUES (1, 1, 1, 'create', 1, NOW, 'redis', 'Redis', 'page', '["a"]', '{}', 'h', '', false, 8);
INSERT INTO tag (page_id, key, name) VALUES (1, 'a', 'a');
INSERT INTO link (from_page_id, to_key, target, kind) VALUES (1, 'celery', 'Celery', 'wiki');
INSERT INTO redirect (key, path, page_id, created_at) VALUES ('old', 'old', 1, NOW);
INSERT INTO outbox (page_id, revision_id, event, created_at) VALUES (1, 1, 'revision', NOW);
"""


def rows_of_the_first_version(dialect: str) -> list[str]:
    blob = {"sqlite": "BLOB", "postgresql": "bytea"}[dialect]
    written = FIRST_ROWS.replace("NOW", "'2026-01-02 03:04:05.000000+00:00'").replace("BLOB", blob)
    return [statement for statement in written.split(";\n") if statement.strip()]


def test_references_are_still_kept_after_a_migration(empty_app: Flask) -> None:
    schema.upgrade(empty_app)
    fill(empty_app)
    db.session.remove()
    with pytest.raises(Exception, match=r"(?i)foreign key"), db.engine.begin() as connection:
        connection.execute(text("DELETE FROM page"))
    assert counts()["revision"] == 7
