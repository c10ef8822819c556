import threading
import time

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from tests.factories import make_page
from wiki.database import db, utcnow, write_transaction
from wiki.search import outbox
from wiki.search.models import OutboxEntry
from wiki.search.position import Position


@pytest.fixture
def context(any_app):
    with any_app.app_context():
        yield any_app


def announce(*page_ids):
    with write_transaction() as session:
        for page_id in page_ids:
            outbox.announce(session, page_id, None, "revision")
    wait_until_final()


# PostgreSQL counts transactions for all its databases together: one that a test beside this one
# holds open keeps ours from being final for a moment. So both of these wait.


def wait_until_final():
    session = db.session()
    wait_for(lambda: outbox.newest(session), outbox.newest(session, is_final=False), session)


def follow(reader, after, count):
    """The next pages from a position on, once all `count` of them are final."""
    wait_for(lambda: len(outbox.pending(reader, after, 100)), count, reader)
    return outbox.pending(reader, after, 100)


def wait_for(read, expected, session):
    end = time.monotonic() + PATIENCE
    while read() != expected and time.monotonic() < end:
        session.rollback()
        time.sleep(0.01)


PATIENCE = 60.0  # seconds for all to become final
START = Position()


def pages(after=START, limit=100):
    return [entry.page_id for entry in outbox.pending(db.session(), after, limit)]


def test_entries_come_in_order_and_from_a_position_on(context):
    announce(3, 1)
    announce(2)
    first, second, third = outbox.pending(db.session(), Position(), 100)
    assert [first.page_id, second.page_id, third.page_id] == [3, 1, 2]
    assert pages(second.position) == [2]
    assert pages(third.position) == []
    assert pages(limit=2) == [3, 1]
    assert outbox.changed_since(db.session(), first.position) == {1, 2}
    assert outbox.newest(db.session()) == third.position


def test_what_was_rolled_back_was_never_announced(context):
    def fail() -> None:
        with write_transaction() as session:
            outbox.announce(session, 1, None, "revision")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert pages() == []


def test_old_rows_that_all_have_read_are_pruned(context):
    announce(1, 2)
    entries = outbox.pending(db.session(), Position(), 100)
    with write_transaction() as session:
        session.execute(update(OutboxEntry).values(created_at=utcnow() - outbox.ROW_RETENTION * 2))
        outbox.note_position(session, "one", entries[0].position)
        outbox.note_position(session, "two", entries[1].position)
        assert outbox.prune_outbox(session) == 1
    assert pages() == [2]


def test_a_database_of_before_is_noticed(context):
    announce(1, 2, 3)
    position = outbox.newest(db.session())
    assert not outbox.is_ahead(db.session(), position)
    with write_transaction() as session:
        session.execute(delete(OutboxEntry))
    assert not outbox.is_ahead(db.session(), position)
    far = Position(position.transaction + 10**6 if position.transaction else 0, 10**6)
    assert outbox.is_ahead(db.session(), far)


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_number_that_is_committed_late_is_not_missed(app):
    """The lower number belongs to the transaction that began, and ends, later."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as early, Session(engine) as late, Session(engine) as reader:
        # `early` has the lower transaction id, `late` takes the lower number.
        early.execute(text("SELECT pg_current_xact_id()"))
        outbox.announce(late, 1, None, "revision")
        late.flush()
        outbox.announce(early, 2, None, "revision")
        early.commit()
        first = follow(reader, Position(), 1)
        assert [entry.page_id for entry in first] == [2]
        reader.rollback()
        late.commit()
        second = follow(reader, first[-1].position, 1)
        assert [entry.page_id for entry in second] == [1]


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_reader_stops_before_the_oldest_open_transaction(app):
    with app.app_context():
        engine = db.engine
    with Session(engine) as early, Session(engine) as late, Session(engine) as reader:
        outbox.announce(early, 1, None, "revision")
        early.flush()
        outbox.announce(late, 2, None, "revision")
        late.commit()
        assert outbox.pending(reader, Position(), 100) == []
        assert outbox.changed_since(reader, Position()) == {2}
        reader.rollback()
        early.commit()
        assert [e.page_id for e in follow(reader, Position(), 2)] == [1, 2]


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_nothing_is_missed_among_many_writers(app):
    """Eight writers with transactions of all lengths; a reader that follows sees each page once."""
    total, seen = 200, []

    def write(start):
        with app.app_context():
            for page_id in range(start, total, 8):
                with write_transaction() as session:
                    outbox.announce(session, page_id, None, "revision")
                    session.flush()
                    if page_id % 3 == 0:
                        session.connection().exec_driver_sql("SELECT pg_sleep(0.01)")

    writers = [threading.Thread(target=write, args=(start,)) for start in range(8)]
    for writer in writers:
        writer.start()
    with app.app_context():
        position, end = Position(), time.monotonic() + PATIENCE
        while len(seen) < total and time.monotonic() < end:
            entries = outbox.pending(db.session(), position, 7)
            db.session.rollback()
            seen += [entry.page_id for entry in entries]
            position = entries[-1].position if entries else position
    for writer in writers:
        writer.join()
    assert sorted(seen) == list(range(total))


def test_whether_the_past_was_changed_since(any_app):
    page = make_page(any_app, "redis")
    with any_app.app_context():
        session = db.session()
        reached = outbox.newest(session)
        assert not outbox.is_past_changed_since(session, reached)
        assert outbox.first_pending_revision(session) is None
        session.rollback()
        with write_transaction() as session:
            outbox.announce(session, page.page_id, 1, "revision")
            outbox.announce(session, page.page_id, None, "revision")
        assert not outbox.is_past_changed_since(session, reached)
        with write_transaction() as session:
            outbox.announce_past(session)
        assert outbox.is_past_changed_since(session, reached)
        assert page.page_id in outbox.changed_since(session, reached)
        assert outbox.NO_PAGE not in outbox.changed_since(session, reached)
