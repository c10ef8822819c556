"""The queue: pending events, the messages made from them, and the outcome of each.

A process leases a webhook for `LEASE`, and has no transaction open while it talks to the receiver.
If it dies, another attempt follows: delivery is at least once, with the same id, and in order for
each webhook.
"""

import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from wiki.community.events import Event
from wiki.community.webhooks.models import (
    ERROR_LIMIT,
    DeliveryState,
    Format,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
)
from wiki.database import CLOCK_LEEWAY, db, in_batches, utcnow, write_transaction
from wiki.outbound.host_patterns import origin_of

BATCH_TIME = timedelta(seconds=30)  # events within this time go into one message
BATCH_LIMIT = 500  # events considered for one message
LEASE = timedelta(minutes=1)  # more than an attempt takes; see `delivery.DEADLINE`
LONGEST_PAUSE = timedelta(days=1)
# From a failed attempt to the next; after the last of these, the message has failed.
BACKOFF = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=16),
    timedelta(hours=24),
)
# A message that its receiver keeps postponing is given up as well.
GIVE_UP_AFTER = timedelta(days=4)
# A message has to be tried this long before its webhook counts as failing.
TRIED_FOR = timedelta(days=1)


class LostLease(Exception):
    """Another process has leased the webhook, or an administrator has changed or deleted it."""


@dataclass(frozen=True, slots=True)
class WebhookAttempt:
    """A message that this process may try to post now; `number` counts its attempts from 1."""

    webhook_id: int
    lease: str
    delivery_id: int
    number: int
    message_id: str
    created_at: datetime
    format: Format
    address: str = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)
    events: tuple[Event, ...]


def new_message_id() -> str:
    """A new message id, which stays the same in all attempts."""
    return f"msg_{uuid.uuid4().hex}"


def keys_of(webhook: Webhook, now: datetime) -> tuple[str, ...]:
    """The keys that sign messages, including the former one while it is valid."""
    if webhook.former_key and webhook.former_key_until and webhook.former_key_until > now:
        return webhook.signing_key, webhook.former_key
    return (webhook.signing_key,) if webhook.signing_key else ()


# Leasing


def take_next() -> WebhookAttempt | None:
    """Lease a webhook with something to post for `LEASE`; `None` if there is none."""
    db.session.rollback()
    if db.session.scalar(select(Webhook.id).where(_is_due()).limit(1)) is None:
        db.session.rollback()
        return None  # without a lock: polling every second must not hold up writers
    with write_transaction() as session:
        due = select(Webhook).where(_is_due()).order_by(Webhook.leased_until, Webhook.id).limit(1)
        webhook = session.scalar(due.with_for_update(skip_locked=True))
        if webhook is None:
            return None
        now = utcnow()
        webhook.lease, webhook.leased_until = secrets.token_hex(16), now + LEASE
        delivery = session.scalar(_waiting(webhook.id).limit(1)) or _gather(session, webhook.id)
        delivery.attempts += 1
        session.flush()
        return WebhookAttempt(
            webhook.id,
            webhook.lease,
            delivery.id,
            delivery.attempts,
            delivery.message_id,
            delivery.created_at,
            Format(webhook.format),
            webhook.address,
            keys_of(webhook, now),
            _events_of(session, delivery.id),
        )


def _is_due() -> ColumnElement[bool]:
    now = utcnow()
    return (
        Webhook.is_enabled.is_(True)
        & _has_passed(Webhook.leased_until, now, LEASE)
        & _has_passed(Webhook.paused_until, now, LONGEST_PAUSE)
        & or_(_has_due_delivery(now), ~_has_delivery() & _has_gathered(now))
    )


def _has_passed(column: Any, now: datetime, most: timedelta) -> ColumnElement[bool]:
    """A condition: a time has come, or lies further ahead than `most`, set by a wrong clock."""
    return or_(column.is_(None), column <= now, column > now + most + CLOCK_LEEWAY)


def _has_delivery() -> ColumnElement[bool]:
    is_waiting = WebhookDelivery.state == DeliveryState.WAITING
    return exists().where(WebhookDelivery.webhook_id == Webhook.id, is_waiting)


def _has_due_delivery(now: datetime) -> ColumnElement[bool]:
    """A condition: the first waiting message is due; later ones have to wait for it."""
    other = aliased(WebhookDelivery)
    is_first = ~exists().where(
        other.webhook_id == Webhook.id,
        other.state == DeliveryState.WAITING,
        other.id < WebhookDelivery.id,
    )
    return exists().where(
        WebhookDelivery.webhook_id == Webhook.id,
        WebhookDelivery.state == DeliveryState.WAITING,
        is_first,
        _has_passed(WebhookDelivery.next_attempt_at, now, max(BACKOFF)),
    )


def _has_gathered(now: datetime) -> ColumnElement[bool]:
    """A condition: the first pending event is older than `BATCH_TIME`."""
    return exists().where(
        WebhookEvent.webhook_id == Webhook.id,
        WebhookEvent.delivery_id.is_(None),
        _has_passed(WebhookEvent.queued_at, now - BATCH_TIME, 2 * BATCH_TIME),
    )


def _waiting(webhook_id: int) -> Any:
    return (
        select(WebhookDelivery)
        .where(
            WebhookDelivery.webhook_id == webhook_id,
            WebhookDelivery.state == DeliveryState.WAITING,
        )
        .order_by(WebhookDelivery.id)
    )


def _gather(session: Session, webhook_id: int) -> WebhookDelivery:
    """Create a message from the pending events."""
    now = utcnow()
    delivery = WebhookDelivery(
        webhook_id=webhook_id,
        message_id=new_message_id(),
        state=DeliveryState.WAITING,
        attempts=0,
        created_at=now,
        tried_since=now,
        next_attempt_at=now,
    )
    session.add(delivery)
    session.flush()
    waiting = _free_events(webhook_id).order_by(WebhookEvent.id).limit(BATCH_LIMIT)
    numbers = session.scalars(waiting).all()
    taken = update(WebhookEvent).where(WebhookEvent.id.in_(numbers))
    session.execute(taken.values(delivery_id=delivery.id))
    delivery.event_count = len(numbers)
    return delivery


def _free_events(webhook_id: int) -> Any:
    is_free = WebhookEvent.delivery_id.is_(None)
    return select(WebhookEvent.id).where(WebhookEvent.webhook_id == webhook_id, is_free)


def _events_of(session: Session, delivery_id: int) -> tuple[Event, ...]:
    rows = session.scalars(
        select(WebhookEvent)
        .where(WebhookEvent.delivery_id == delivery_id)
        .order_by(WebhookEvent.id)
    )
    return tuple(
        Event(r.number, r.kind, r.page_id, r.revision_id, r.actor_id, r.subject_id, r.at)
        for r in rows
    )


# Recording the outcome


def keep_only(attempt: WebhookAttempt, included: Collection[int], later: Collection[int]) -> None:
    """Store which events a message has, before it is posted, and which are left for the next one.

    All its other events are deleted, as they aren't public any more. Arguments are numbers of
    events. Raises `LostLease`.
    """
    gone = {event.number for event in attempt.events} - set(included) - set(later)
    if not gone and not later:
        return
    mine = WebhookEvent.delivery_id == attempt.delivery_id
    with write_transaction() as session:
        _check_lease(session, attempt)
        for batch, change in (
            (gone, delete(WebhookEvent)),
            (later, update(WebhookEvent).values(delivery_id=None)),
        ):
            session.execute(change.where(mine, WebhookEvent.number.in_(batch)))
        counted = update(WebhookDelivery).where(WebhookDelivery.id == attempt.delivery_id)
        session.execute(counted.values(event_count=len(included)))


def record_sent(attempt: WebhookAttempt, *, remote_id: str, pause: timedelta) -> None:
    """Record that a message was accepted, and release the webhook, which pauses for `pause`.

    `remote_id` is the receiver's id of the message. Raises `LostLease`.
    """
    with write_transaction() as session:
        webhook, delivery = _check_lease(session, attempt)
        delivery.state, delivery.sent_at = DeliveryState.SENT, utcnow()
        delivery.last_error, delivery.remote_id = "", remote_id
        webhook.failing_since = None
        _give_back(webhook, pause)
        delivered = delete(WebhookEvent).where(WebhookEvent.delivery_id == attempt.delivery_id)
        session.execute(delivered)


def record_failure(
    attempt: WebhookAttempt, reason: str, *, is_final: bool, is_counted: bool, pause: timedelta
) -> datetime | None:
    """Record why an attempt failed, and when to try again, if at all.

    If it isn't `is_counted`, it doesn't count as one of the message's attempts, but an old message
    is given up even so. Once the message has been tried for `TRIED_FOR`, returns since when the
    webhook has been failing, so that days without messages don't count. Raises `LostLease`.
    """
    now = utcnow()
    with write_transaction() as session:
        webhook, delivery = _check_lease(session, attempt)
        if not is_final:
            webhook.failing_since = webhook.failing_since or now
        delivery.last_error = reason[:ERROR_LIMIT]
        wait = BACKOFF[min(attempt.number, len(BACKOFF)) - 1]
        is_worn_out = is_counted and attempt.number > len(BACKOFF)
        if is_final or is_worn_out or now - delivery.tried_since > GIVE_UP_AFTER:
            delivery.state = DeliveryState.FAILED
        elif is_counted:
            delivery.next_attempt_at = now + wait
        else:
            delivery.attempts = max(0, delivery.attempts - 1)  # an administrator may have reset it
            delivery.next_attempt_at = now + (pause or BACKOFF[0])
        _give_back(webhook, pause)
        return webhook.failing_since if now - delivery.tried_since > TRIED_FOR else None


def drop(attempt: WebhookAttempt) -> None:
    """Delete a message without public events. Raises `LostLease`."""
    with write_transaction() as session:
        webhook, delivery = _check_lease(session, attempt)
        session.delete(delivery)
        _give_back(webhook, timedelta())


def pause_all(format_: Format, address: str, pause: timedelta) -> None:
    """Pause all webhooks of this format at the origin of `address`."""
    until = utcnow() + min(pause, LONGEST_PAUSE)
    is_sooner = or_(Webhook.paused_until.is_(None), Webhook.paused_until < until)
    with write_transaction() as session:
        query = select(Webhook.id, Webhook.address).where(Webhook.format == format_, is_sooner)
        origin = origin_of(address)
        there = [row.id for row in session.execute(query) if origin_of(row.address) == origin]
        for some in in_batches(there):
            paused = update(Webhook).where(Webhook.id.in_(some), is_sooner)
            session.execute(paused.values(paused_until=until))


def _check_lease(session: Session, attempt: WebhookAttempt) -> tuple[Webhook, WebhookDelivery]:
    webhook = session.get(Webhook, attempt.webhook_id, with_for_update=True)
    delivery = session.get(WebhookDelivery, attempt.delivery_id)
    if webhook is None or delivery is None or webhook.lease != attempt.lease:
        raise LostLease(attempt.webhook_id)
    return webhook, delivery


def _give_back(webhook: Webhook, pause: timedelta) -> None:
    webhook.lease, webhook.leased_until = "", None
    if pause:
        until = utcnow() + min(pause, LONGEST_PAUSE)
        webhook.paused_until = max(until, webhook.paused_until or until)
