"""The schema: migrated once, known without Alembic, refused when it is of another version."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import inspect, text

from tests.databases import KEY
from wiki import create_app
from wiki.config import read_settings
from wiki.database import db, schema


@pytest.fixture
def empty_app(empty_database, tmp_path):
    """Makes applications on one database without tables."""
    made = []

    def make():
        app = create_app(
            read_settings(
                {
                    "NEXUS_INSTANCE": str(tmp_path),
                    "NEXUS_DATABASE_URL": empty_database,
                    "NEXUS_SECRET_KEY": KEY,
                }
            )
        )
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


def _stamp(app, revision):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})


def test_an_empty_database_gets_every_table(empty_app):
    app = empty_app()
    assert schema.current(app) is None
    assert schema.upgrade(app)
    assert schema.current(app) == schema.head()
    with app.app_context():
        tables = set(inspect(db.engine).get_table_names())
    assert set(db.metadata.tables) <= tables


def test_a_second_upgrade_has_nothing_to_do(empty_app):
    app = empty_app()
    schema.upgrade(app)
    assert not schema.upgrade(app)


def test_replicas_that_start_together_migrate_once(empty_app):
    apps = [empty_app() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        migrated = list(pool.map(schema.upgrade, apps))
    assert migrated.count(True) == 1
    assert schema.is_newest(apps[0])


def test_a_database_of_a_newer_version_is_refused(app):
    _stamp(app, "from-the-future")
    with pytest.raises(schema.SchemaMismatch, match="newer"):
        schema.upgrade(app)


def test_a_command_makes_the_tables_of_an_empty_database(empty_app):
    app = empty_app()
    schema.require(app)
    assert schema.is_newest(app)


def test_a_command_does_not_migrate_an_older_database(app, monkeypatch):
    now = schema.head()
    monkeypatch.setattr(schema, "_known", lambda: ("newer", frozenset({now, "newer"})))
    with pytest.raises(schema.SchemaMismatch, match="nexus init"):
        schema.require(app)
    assert schema.current(app) == now
