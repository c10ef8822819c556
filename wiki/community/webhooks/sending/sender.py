"""The notifier's part of webhooks: gathering events and posting messages."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import orjson
from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.app_state import AppState, current_settings
from wiki.community.events import Event
from wiki.community.notifier.registry import Consumer, Job, register_consumer, register_job
from wiki.community.webhooks.deliveries import prune
from wiki.community.webhooks.messages import discord, plain_json, public_events
from wiki.community.webhooks.messages.signature import signature_headers
from wiki.community.webhooks.models import Format, Webhook, WebhookEvent
from wiki.community.webhooks.sending import queue
from wiki.community.webhooks.sending.auto_disable import switch_off
from wiki.community.webhooks.sending.delivery import (
    DeliveryOutcome,
    Verdict,
    WebhookMessage,
    deliver,
    now_in_seconds,
)
from wiki.community.webhooks.sending.queue import LostLease, WebhookAttempt
from wiki.database import StorageUnavailable, db, utcnow

log = logging.getLogger(__name__)

POLL = timedelta(seconds=1)  # between two checks for webhooks with something to post
SENDERS = 4  # threads, and so receivers that can be waited for at once
OFF_AFTER = timedelta(days=5)  # without any accepted message
# Tries to record that a message was accepted. Each waits for other writers; all fit into a lease.
RECORD_TRIES = 4
RECORD_PAUSE = 3.0  # seconds between two tries


class _Pool:
    """Threads that wait for receivers, so that a slow one doesn't hold up others."""

    def __init__(self) -> None:
        self.free = threading.BoundedSemaphore(SENDERS)
        self.threads = ThreadPoolExecutor(SENDERS, thread_name_prefix="webhook")


_POOL = AppState("webhook_pool", _Pool)


def init_app(app: Flask) -> None:
    register_consumer(app, Consumer("webhooks", gather))
    # Runs in each notifier, as webhooks are leased.
    register_job(app, Job("webhooks", POLL, send_due, once=False))
    register_job(app, Job("webhooks-prune", timedelta(hours=6), prune))


def can_post() -> bool:
    """Whether messages can contain absolute URLs."""
    return bool(current_settings().base_url)


# Gathering


def gather(events: Sequence[Event]) -> Callable[[Session], None] | None:
    """The consumer: returns a function that stores these events for the webhooks that want them."""
    webhooks = db.session.scalars(select(Webhook).where(Webhook.is_enabled)).all()
    if not webhooks or not can_post():
        return None
    wanted = [(webhook.id, each) for webhook, each in public_events.wanted_by(webhooks, events)]
    return (lambda session: _store(session, wanted)) if wanted else None


def _store(session: Session, wanted: Sequence[tuple[int, public_events.PublicEvent]]) -> None:
    still = set(session.scalars(select(Webhook.id).where(Webhook.is_enabled)))
    now = utcnow()
    session.add_all(
        WebhookEvent(
            webhook_id=webhook_id,
            queued_at=now,
            name=each.name,
            number=each.event.number,
            kind=each.event.kind,
            page_id=each.event.page_id,
            revision_id=each.event.revision_id,
            actor_id=each.event.actor_id,
            subject_id=each.event.subject_id,
            at=each.event.at,
        )
        for webhook_id, each in wanted
        if webhook_id in still
    )


# Posting


def send_due() -> None:
    """Start posting due messages in free threads, without waiting for receivers."""
    app, pool = current_app._get_current_object(), _POOL.current()  # type: ignore[attr-defined]
    while can_post() and pool.free.acquire(blocking=False):
        attempt = None
        try:
            attempt = queue.take_next()
        finally:
            if attempt is None:
                pool.free.release()
        if attempt is None:
            return
        pool.threads.submit(_send_in_thread, app, pool, attempt)


def _send_in_thread(app: Flask, pool: _Pool, attempt: WebhookAttempt) -> None:
    try:
        with app.app_context():
            send(attempt)
    except Exception:
        # Its lease expires, and another attempt follows.
        log.exception("webhook %s failed", attempt.webhook_id)
    finally:
        pool.free.release()


def send_all() -> int:
    """Post all due messages, one after another; returns the number of attempts."""
    count = 0
    while can_post() and (attempt := queue.take_next()):
        send(attempt)
        count += 1
    return count


def send(attempt: WebhookAttempt) -> None:
    """Make an attempt and record its outcome."""
    try:
        try:
            message = _compose(attempt)
        except (LostLease, StorageUnavailable):
            raise
        except Exception:
            log.exception("message %s can't be made", attempt.message_id)
            db.session.rollback()
            reason = _("The message can’t be created; see the server’s log.")
            return _record(attempt, DeliveryOutcome(Verdict.LATER, "error", reason))
        if message is None:
            return queue.drop(attempt)
        _record(attempt, deliver(message))
    except LostLease:
        log.info("webhook %s was changed meanwhile", attempt.webhook_id)


def _compose(attempt: WebhookAttempt) -> WebhookMessage | None:
    """The message with the events that are public now; `None` without any. Raises `LostLease`."""
    public = public_events.public_events(attempt.events)
    if not public:
        db.session.rollback()
        return None
    make = discord.make_message if attempt.format is Format.DISCORD else plain_json.make_message
    content, numbers = make(public)
    # Reading must not keep a transaction open while we talk to the receiver.
    db.session.rollback()
    later = {each.event.number for each in public} - numbers
    queue.keep_only(attempt, numbers, later)
    return make_message(attempt, orjson.dumps(content))


def make_message(attempt: WebhookAttempt, body: bytes) -> WebhookMessage:
    """`body` with its headers, signed if the format is JSON."""
    signed = signature_headers(attempt.keys, attempt.message_id, now_in_seconds(), body)
    headers = signed if attempt.format is Format.JSON else {}
    return WebhookMessage(attempt.address, attempt.format, body, headers)


def _record(attempt: WebhookAttempt, outcome: DeliveryOutcome) -> None:
    """Store the outcome of an attempt. Raises `LostLease`."""
    if outcome.verdict is Verdict.TAKEN:
        _record_sent(attempt, outcome)
        return
    # Neither the address nor the receiver's message: more people read the logs.
    log.warning(
        "webhook %s: attempt %s at %s failed: %s",
        attempt.webhook_id,
        attempt.number,
        attempt.message_id,
        outcome.code,
    )
    since = queue.record_failure(
        attempt,
        outcome.reason,
        is_final=outcome.verdict is Verdict.REFUSED,
        is_counted=not (outcome.code == "429" and outcome.wait),
        pause=outcome.wait,
    )
    if outcome.is_for_all:
        queue.pause_all(attempt.format, attempt.address, outcome.wait)
    if outcome.verdict is Verdict.GONE:
        switch_off(attempt.webhook_id, outcome.reason)
    elif since and since < utcnow() - OFF_AFTER and outcome.verdict is Verdict.LATER:
        days = _("No message was accepted for %(days)s days.", days=OFF_AFTER.days)
        switch_off(attempt.webhook_id, f"{days} {outcome.reason}")


def _record_sent(attempt: WebhookAttempt, outcome: DeliveryOutcome) -> None:
    """Record that the receiver has the message, with retries, or it would be posted again."""
    for _try in range(RECORD_TRIES - 1):
        try:
            return queue.record_sent(attempt, remote_id=outcome.remote_id, pause=outcome.wait)
        except StorageUnavailable:
            time.sleep(RECORD_PAUSE)
    return queue.record_sent(attempt, remote_id=outcome.remote_id, pause=outcome.wait)
