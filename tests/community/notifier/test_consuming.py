"""Consumers of events: in order, exactly once, each at its own pace."""

import pytest
from sqlalchemy import func, select

from tests.community.run_notifier import consume_at_once, notify, wait_until_final
from wiki.accounts.models import AuditEvent
from wiki.community.events import EventKind, register_kinds
from wiki.community.notifier import consuming
from wiki.community.notifier.models import ConsumerPosition
from wiki.community.notifier.registry import Consumer, register_consumer
from wiki.database import db, utcnow, write_transaction
from wiki.search import outbox
from wiki.search.models import OutboxEntry
from wiki.search.position import Position


@pytest.fixture
def noting(any_app):
    """A consumer that writes down the subject of each event, as rows of the audit log."""
    register_kinds(any_app, EventKind("noted", "Noted", lambda _events, _viewer: {}))
    consumer = Consumer("noting", lambda events: lambda session: note(session, events), limit=3)
    register_consumer(any_app, consumer)
    return consumer


def note(session, events):
    session.add_all(AuditEvent(action="noted", subject=str(event.subject_id)) for event in events)


def noted(app):
    with app.app_context():
        query = select(AuditEvent.subject).where(AuditEvent.action == "noted")
        return [int(subject) for subject in db.session.scalars(query.order_by(AuditEvent.id))]


def announce(app, *subjects, event="noted"):
    with app.app_context():
        for subject in subjects:
            with write_transaction() as session:
                outbox.announce(session, 0, None, event, subject_id=subject)


def test_events_are_consumed_once_and_in_order(any_app, noting):
    announce(any_app, *range(8))
    notify(any_app)
    notify(any_app)
    announce(any_app, 8)
    notify(any_app)
    assert noted(any_app) == list(range(9))


def test_what_only_indexes_follow_is_no_event(any_app, noting):
    announce(any_app, 1, event="visibility")
    announce(any_app, 2, event="revision")  # without a revision: a page to be indexed again
    announce(any_app, 3)
    notify(any_app)
    assert noted(any_app) == [3]


def test_an_event_that_fails_holds_up_none_before_it_and_is_skipped_in_the_end(any_app):
    register_kinds(any_app, EventKind("noted", "Noted", lambda _events, _viewer: {}))

    def consume(events):
        if any(event.subject_id == 2 for event in events):
            raise ZeroDivisionError("no")
        return lambda session: note(session, events)

    consumer = Consumer("noting", consume)
    announce(any_app, 1, 2, 3)
    wait_until_final(any_app)
    failed = 0
    with any_app.app_context():
        for _ in range(50):
            try:
                if not consuming.consume_next(consumer):
                    break
            except ZeroDivisionError:
                failed += 1
                row = db.session.get(ConsumerPosition, "noting")
                assert row.last_error == "ZeroDivisionError: no"
                assert consuming.retry_delay(consumer) >= consuming.FIRST_PAUSE
    assert failed == consuming.MAX_FAILURES + 1
    assert noted(any_app) == [1, 3]


def test_one_consumer_that_fails_holds_up_no_other(app, noting):
    def fail(_events):
        raise ZeroDivisionError

    register_consumer(app, Consumer("failing", fail))
    announce(app, 1, 2)
    wait_until_final(app)
    with app.app_context():
        with pytest.raises(ZeroDivisionError):
            consuming.consume_next(Consumer("failing", fail))
        consuming.consume_next(noting)
    assert noted(app) == [1, 2]


def test_of_two_notifiers_one_writes(any_app, noting):
    announce(any_app, *range(30))
    consume_at_once(any_app, noting, 3)
    assert noted(any_app) == list(range(30))


def test_nothing_is_pruned_that_a_consumer_has_yet_to_read(any_app, noting):
    announce(any_app, 1, 2, 3, 4)
    wait_until_final(any_app)
    with any_app.app_context():
        consuming.consume_next(noting)  # three of them
        with write_transaction() as session:
            session.execute(
                db.update(OutboxEntry).values(created_at=utcnow() - outbox.READER_TIMEOUT)
            )
        consuming.record_position(noting)
        wait_until_final(any_app)
        with write_transaction() as session:
            assert outbox.prune_outbox(session) == 3
        assert db.session.scalar(select(func.count()).select_from(OutboxEntry)) == 1
    notify(any_app)
    assert noted(any_app) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "database", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_a_backup_restored_on_another_server_goes_on_where_it_was(app):
    register_kinds(app, EventKind("noted", "Noted", lambda _events, _viewer: {}))
    consumer = Consumer("noting", lambda events: lambda session: note(session, events))
    announce(app, 1, 2, 3)
    wait_until_final(app)
    far = 10**12  # transactions that this server has yet to begin
    with app.app_context():
        with write_transaction() as session:
            session.execute(db.update(OutboxEntry).values(transaction_id=far))
            first = session.scalar(select(func.min(OutboxEntry.number)))
            session.add(ConsumerPosition(consumer="noting", transaction_id=far, number=first))
        consuming.record_position(consumer)
    announce(app, 4)
    wait_until_final(app)
    with app.app_context():
        while consuming.consume_next(consumer):
            pass
        assert db.session.get(ConsumerPosition, "noting").number > first
        assert outbox.pending_events(db.session(), Position(), 1)
    assert noted(app) == [2, 3, 4]
