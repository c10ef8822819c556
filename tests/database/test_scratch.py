"""Tests on PostgreSQL share one database, but none sees what another one left."""

import pytest
from sqlalchemy import inspect, text

from tests import databases

pytestmark = pytest.mark.postgres


@pytest.fixture
def reused(postgres_server, migrated_postgres):
    reused = databases.ReusedPostgres(postgres_server, migrated_postgres)
    yield reused
    reused.close()


def test_rows_and_numbers_are_taken_back(reused):
    before, number = reused.url, text("SELECT nextval('outbox_number_seq')")
    with databases.server_connection(reused.url) as other:
        first = other.scalar(number)
        other.execute(
            text("INSERT INTO outbox (page_id, event, created_at) VALUES (7, 'removal', now())")
        )
        reused.restore()
    with databases.server_connection(reused.url) as connection:
        assert connection.scalar(number) == first
        assert connection.scalar(text("SELECT count(*) FROM outbox")) == 0
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    assert reused.url == before


@pytest.mark.parametrize("change", ["CREATE TABLE other (id int)", "DROP TABLE alembic_version"])
def test_a_database_with_other_tables_is_replaced(reused, change):
    with databases.server_connection(reused.url) as connection:
        before = inspect(connection).get_table_names()
        connection.execute(text(change))
    reused.restore()
    with databases.server_connection(reused.url) as connection:
        assert inspect(connection).get_table_names() == before
