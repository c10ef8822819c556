"""What follows from the answers of a receiver: sent, tried again, given up, switched off."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.webhook_receiver import TOKEN, refusing
from wiki.access.viewers import viewers_of
from wiki.accounts.audit_log import last_event
from wiki.community.events import Event, addressees, describe
from wiki.community.webhooks import deliveries
from wiki.community.webhooks.models import (
    DeliveryState,
    Format,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
)
from wiki.community.webhooks.sending import queue, sender
from wiki.community.webhooks.sending.queue import BACKOFF
from wiki.community.webhooks.sending.trial_message import try_webhook
from wiki.database import db, write_transaction
from wiki.search.models import OutboxEntry

BOTH = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@BOTH
def test_an_outage_ends_with_exactly_one_message(posting):
    number = posting.add(Format.JSON)
    posting.receiver.answers += [refusing(500), refusing(502)]
    posting.write("redis")
    assert posting.post() == 1
    assert posting.post(wait=timedelta(seconds=4)) == 0
    assert posting.post(wait=BACKOFF[0]) == 1
    assert posting.post(wait=BACKOFF[1] + timedelta(seconds=1)) == 1
    assert posting.post(wait=timedelta(days=9)) == 0
    assert len({received.headers["webhook-id"] for received in posting.receiver.received}) == 1
    assert len(posting.receiver.received) == 3
    delivery = posting.only_delivery()
    assert (delivery.state, delivery.attempts, delivery.last_error) == ("sent", 3, "")
    with posting.app.app_context():
        assert db.session.scalars(select(WebhookEvent)).all() == []
        assert deliveries.counts_of([number])[number].sent == 1


def test_a_receiver_that_is_gone_is_switched_off_and_administrators_told(posting):
    number = posting.add()
    posting.receiver.answers.append(refusing(404, {"message": "Unknown Webhook", "code": 10015}))
    posting.write("redis")
    posting.post()
    webhook = posting.stored(number)
    assert not webhook.is_enabled
    assert "404 Unknown Webhook" in webhook.off_reason
    with posting.app.app_context():
        event = last_event("webhook-off")
        assert (event.subject, event.by_id) == ("The class", None)
    assert told_of(posting, "abeba", "admin") == "The webhook “The class” was switched off"
    assert told_of(posting, "dawit", "mentor") is None
    assert posting.post(wait=timedelta(days=1)) == 0
    admin = posting.person()
    page = admin.get(f"/admin/webhooks/{number}").text
    assert "switched this webhook off" in page
    assert "1 webhook, 1 switched off by the server, 0 failed" in admin.get("/admin/health").text
    # Nothing is lost: switched on again, it goes out.
    assert admin.open_form(f"/admin/webhooks/{number}", has="on").submit().status_code == 303
    assert posting.post() == 1
    assert posting.stored(number).off_reason == ""
    assert (
        posting.receiver.received[0].json["embeds"] == posting.receiver.received[1].json["embeds"]
    )


def told_of(posting, name, role):
    """What is said of the last event to this person, if they may know of it and are told."""
    user = factories.make_user(posting.app, name, role=role)
    with posting.app.app_context():
        last = db.session.scalars(select(OutboxEntry).order_by(OutboxEntry.number.desc())).first()
        event = Event(last.number, last.event, None, None, None, last.subject_id, last.created_at)
        described = describe([event], viewers_of([user.id])[user.id])
        if user.id not in addressees([event])[event.number]:
            assert described == {}
        return described[event.number].line if described else None


@pytest.mark.parametrize("status", [401, 410])
def test_other_answers_that_nothing_is_there(posting, status):
    number = posting.add()
    posting.receiver.answers.append(refusing(status))
    posting.write("redis")
    posting.post()
    assert not posting.stored(number).is_enabled


def test_a_message_that_is_refused_is_kept_and_the_next_one_goes(posting):
    number = posting.add(Format.JSON)
    posting.receiver.answers.append(refusing(400, {"message": "Cannot send an empty message"}))
    posting.write("first")
    posting.post()
    posting.write("second")
    assert posting.post() == 1
    failed = posting.only_delivery(DeliveryState.FAILED)
    assert "Cannot send an empty message" in failed.last_error
    with posting.app.app_context():
        deliveries.retry_delivery(number, failed.id, by=None)
    assert posting.post() == 1
    first, _second, again = posting.receiver.received
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert first.json["data"] == again.json["data"]


def test_after_three_days_of_outage_a_message_is_given_up(posting):
    number = posting.add()
    posting.receiver.answers += [refusing(500)] * 99
    posting.write("redis")
    posting.post()
    for wait in BACKOFF:
        assert posting.post(wait=wait + timedelta(seconds=1)) == 1
    assert posting.only_delivery().state == DeliveryState.FAILED
    assert posting.stored(number).is_enabled  # another message may be taken
    posting.write("second")
    posting.post()
    for wait in BACKOFF:
        posting.post(wait=wait + timedelta(seconds=1))
    assert not posting.stored(number).is_enabled
    assert "5 days" in posting.stored(number).off_reason


@pytest.mark.parametrize("status", [400, 500])
def test_a_quiet_webhook_is_not_switched_off_at_its_next_failure(posting, status):
    number = posting.add()
    posting.receiver.answers += [refusing(status)]
    posting.write("first")
    posting.post()
    with posting.app.app_context():
        waiting = db.session.scalars(db.select(WebhookDelivery)).one()
        waiting.state = DeliveryState.FAILED
        db.session.commit()
    posting.clock.shift(timedelta(days=6))
    posting.receiver.answers += [refusing(503)] * 99
    posting.write("second")
    assert posting.post() == 1
    assert posting.stored(number).is_enabled
    for wait in BACKOFF:
        posting.post(wait=wait + timedelta(seconds=1))
    # One that had only refused a message has failed for three days, and the other for nine.
    assert posting.stored(number).is_enabled is (status == 400)


def test_a_test_message_that_was_taken_ends_the_failing(posting):
    number = posting.add()
    posting.receiver.answers.append(refusing(503))
    posting.write("first")
    posting.post()
    assert posting.stored(number).failing_since
    with posting.app.app_context():
        try_webhook(number, by=None)
    assert posting.stored(number).failing_since is None


# An answer, and for how many seconds nothing is asked after it; None for the usual wait.
WAITS = (
    (refusing(429, {"retry_after": 64.5, "global": False}), 64.5),
    (refusing(429, Retry_After="120"), 120),
    (refusing(429, {"retry_after": 2}, Retry_After="90"), 90),
    (refusing(429, X_RateLimit_Reset_After="45.25"), 45.25),
    (refusing(429, Retry_After="Thu, 23 Apr 2026 00:00:00 GMT"), None),  # it is over
    (refusing(503, Retry_After="300"), 300),
    (refusing(429, {"retry_after": "soon"}), None),
    (refusing(429, {"retry_after": -5}), None),
    (refusing(429, {"retry_after": float("nan")}), None),
    (refusing(429, {"retry_after": 1e30}), 86_400),
)


def test_a_receiver_is_left_alone_as_long_as_it_asks(posting):
    posting.add()
    for number, (answer, wait) in enumerate(WAITS):
        posting.receiver.answers.append(answer)
        posting.write(f"page-{number}")
        assert posting.post() == 1
        asked = wait or BACKOFF[0].total_seconds()
        assert posting.post(wait=timedelta(seconds=asked - 1)) == 0, answer
        assert posting.post(wait=timedelta(seconds=2)) == 1, answer


def test_the_last_one_of_a_rate_is_noticed(posting):
    posting.add()
    posting.receiver.answers.append(
        refusing(200, {}, X_RateLimit_Remaining="0", X_RateLimit_Reset_After="400")
    )
    posting.write("first")
    posting.post()
    posting.write("second")
    assert posting.post() == 0
    assert posting.post(wait=timedelta(seconds=380)) == 1


def test_being_told_to_wait_gives_no_message_up(posting):
    posting.add()
    posting.receiver.answers += [refusing(429, {"retry_after": 1})] * 13
    posting.write("redis")
    posting.post()
    for _ in range(12):
        assert posting.post(wait=timedelta(seconds=2)) == 1
    assert posting.post(wait=timedelta(seconds=2)) == 1
    assert posting.only_delivery().state == DeliveryState.SENT


def test_a_limit_on_all_of_us_counts_for_all_webhooks_of_discord(posting):
    posting.add()
    posting.add()
    posting.add(Format.JSON)
    posting.receiver.answers.append(refusing(429, {"retry_after": 500, "global": True}))
    posting.write("redis")
    assert posting.post() == 2
    assert [r.path.split("/")[1] for r in posting.receiver.received] == ["api", "hook"]


def test_a_limit_counts_for_nobody_but_those_it_can_be_of(posting):
    own, other = posting.add(), posting.add()
    with posting.app.app_context():
        with write_transaction() as session:
            elsewhere = f"https://discord.com/api/webhooks/1/{TOKEN}"
            session.get_one(Webhook, other).address = elsewhere
        queue.pause_all(Format.DISCORD, posting.receiver.discord, timedelta(hours=1))
    assert posting.stored(own).paused_until is not None
    assert posting.stored(other).paused_until is None


@pytest.mark.parametrize("headers", [{}, {"X-RateLimit-Global": "true"}])
def test_no_other_receiver_speaks_for_all(posting, headers):
    posting.add(Format.JSON)
    posting.add(Format.JSON)
    said = b'{"global": true, "retry_after": 86400}'
    posting.receiver.answers.append((429, headers, said))
    posting.write("redis")
    assert posting.post() == 2
    assert posting.post(wait=timedelta(seconds=60)) == 0
    assert len(posting.receiver.received) == 2


def test_the_address_is_nowhere_but_in_its_row(posting, caplog):
    number = posting.add()
    posting.receiver.answers += [
        refusing(500, {"message": f"no {posting.receiver.discord} nor {TOKEN}"}),
        refusing(404, {"message": f"/api/webhooks/1122334455/{TOKEN}?wait=true"}),
    ]
    posting.write("redis")
    with caplog.at_level(logging.DEBUG):
        posting.post()
        posting.clock.shift(BACKOFF[0])
        with posting.app.app_context():
            attempt = queue.take_next()
            sender.send(attempt)
    admin = posting.person()
    places = ["webhooks/", *(f"webhooks/{number}{end}" for end in ("", "/edit", "/delete"))]
    shown = [admin.get(f"/admin/{place}").text for place in [*places, "audit", "audit.csv"]]
    shown += [caplog.text, repr(attempt)]
    assert [text for text in shown if TOKEN in text] == []
    assert f"127.0.0.1:{posting.receiver.port}/…{TOKEN[-4:]}" in shown[1]
