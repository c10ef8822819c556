"""Several processes, processes that die, receivers that hang: at least once, and never twice."""

import threading
from datetime import timedelta

import pytest

from tests.community.run_notifier import notify
from wiki.community.webhooks import deliveries
from wiki.community.webhooks.models import DeliveryState, Format
from wiki.community.webhooks.sending import queue, sender
from wiki.community.webhooks.sending.queue import LEASE
from wiki.database import StorageUnavailable

BOTH = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


def test_killed_after_the_receiver_took_it_it_comes_again_the_same(posting, monkeypatch):
    posting.add(Format.JSON)
    posting.write("redis")

    def die(*_args, **_values):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(queue, "record_sent", die)
        with pytest.raises(KeyboardInterrupt):
            posting.post()
    assert posting.post(wait=timedelta(seconds=1)) == 0  # the dead one may still be at it
    assert posting.post(wait=LEASE) == 1
    one, other = posting.receiver.received
    assert one.headers["webhook-id"] == other.headers["webhook-id"]
    assert one.json["data"] == other.json["data"]
    assert posting.only_delivery().state == DeliveryState.SENT


def test_one_that_was_too_slow_changes_nothing(posting):
    posting.add()
    posting.write("redis")
    notify(posting.app)
    posting.clock.shift(31)
    with posting.app.app_context():
        slow = queue.take_next()
        posting.clock.shift(LEASE + timedelta(seconds=1))
        assert sender.send_all() == 1
        with pytest.raises(queue.LostLease):
            queue.record_failure(slow, "late", is_final=True, is_counted=True, pause=timedelta())
    assert posting.only_delivery().state == DeliveryState.SENT


@pytest.mark.parametrize("behind", [timedelta(milliseconds=1), timedelta(seconds=50)])
def test_a_replica_whose_clock_is_behind_takes_no_webhook_of_another(posting, behind):
    posting.add()
    posting.write("redis")
    notify(posting.app)
    posting.clock.shift(95)
    with posting.app.app_context():
        attempt = queue.take_next()
        posting.clock.shift(-behind)
        assert queue.take_next() is None
        later = {"is_final": False, "is_counted": False, "pause": queue.LONGEST_PAUSE}
        posting.clock.shift(behind)
        queue.record_failure(attempt, "Wait.", **later)
        posting.clock.shift(-behind)
        assert queue.take_next() is None


@BOTH
def test_two_processes_post_nothing_twice(posting):
    for _ in range(4):
        posting.add(Format.JSON)
    posting.write("redis")
    notify(posting.app)
    posting.clock.shift(31)

    def send_all():
        with posting.app.app_context():
            sender.send_all()

    threads = [threading.Thread(target=send_all) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(posting.receiver.received) == 4
    assert len({r.headers["webhook-id"] for r in posting.receiver.received}) == 4


def test_a_busy_database_makes_no_message_come_twice(posting, monkeypatch):
    posting.add()
    posting.write("redis")
    record, refusals = queue.record_sent, [StorageUnavailable("busy")] * 2

    def record_later(attempt, **options):
        if refusals:
            raise refusals.pop()
        record(attempt, **options)

    monkeypatch.setattr(queue, "record_sent", record_later)
    monkeypatch.setattr(sender, "RECORD_PAUSE", 0)
    posting.post()
    assert len(posting.receiver.received) == 1
    assert posting.only_delivery().state == DeliveryState.SENT


def test_the_job_waits_for_nobody(posting):
    """Receivers that hang take a thread each, and the job comes back at once."""
    for _ in range(2):
        posting.add(Format.JSON)
    hanging = threading.Event()
    posting.receiver.answers += [lambda _handler: hanging.wait(60)]
    posting.write("redis")
    notify(posting.app)
    posting.clock.shift(31)
    with posting.app.app_context():
        sender.send_due()  # would wait for ever, did it wait
        pool = sender._POOL.current()
    try:
        while len(posting.receiver.received) < 2:
            hanging.wait(0.01)
    finally:
        hanging.set()
        pool.threads.shutdown()
    assert len(posting.receiver.received) == 2


def test_what_was_sent_is_forgotten_after_a_week(posting):
    number = posting.add()
    posting.write("redis")
    posting.post()
    with posting.app.app_context():
        deliveries.prune()
        assert deliveries.counts_of([number])[number].sent == 1
        posting.clock.shift(deliveries.SENT_KEPT + timedelta(hours=1))
        deliveries.prune()
        assert deliveries.counts_of([number])[number].sent == 0


def test_one_that_can_not_be_made_stays_and_says_so(posting, monkeypatch):
    posting.add()
    posting.write("redis")
    with monkeypatch.context() as patch:
        patch.setattr(sender.discord, "make_message", lambda _told: 1 / 0)
        posting.post()
    assert "log" in posting.only_delivery().last_error
    assert posting.post() == 1
    assert len(posting.receiver.received) == 1
