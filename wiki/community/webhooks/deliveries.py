"""Administration of the messages of webhooks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from wiki.accounts.audit_log import log_event
from wiki.community.webhooks.manage import WebhookNotFound, locked
from wiki.community.webhooks.models import (
    DeliveryState,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
)
from wiki.database import db, utcnow, write_transaction

SENT_KEPT = timedelta(days=7)  # how long messages that were sent are listed


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one webhook: events that aren't in a message yet, and messages by state."""

    gathering: int
    waiting: int
    sent: int
    failed: int


def counts_of(webhook_ids: Collection[int]) -> dict[int, Counts]:
    """By webhook id: its counts, including zeros. Runs two statements."""
    by_state = select(WebhookDelivery.webhook_id, WebhookDelivery.state, func.count())
    by_state = by_state.where(WebhookDelivery.webhook_id.in_(webhook_ids))
    messages = {
        (webhook_id, state): count
        for webhook_id, state, count in db.session.execute(
            by_state.group_by(WebhookDelivery.webhook_id, WebhookDelivery.state)
        )
    }
    free = select(WebhookEvent.webhook_id, func.count()).where(
        WebhookEvent.webhook_id.in_(webhook_ids), WebhookEvent.delivery_id.is_(None)
    )
    events: dict[int, int] = {
        row[0]: row[1] for row in db.session.execute(free.group_by(WebhookEvent.webhook_id))
    }
    return {
        number: Counts(
            events.get(number, 0),
            *(messages.get((number, state), 0) for state in DeliveryState),
        )
        for number in webhook_ids
    }


@dataclass(frozen=True, slots=True)
class WebhookHealth:
    """Counts of all webhooks, of those that the server switched off, and of failed messages."""

    count: int
    off: int
    failed: int


def health_of_webhooks() -> WebhookHealth:
    """The health page's counts of webhooks. Runs three statements."""
    is_off = Webhook.is_enabled.is_(False) & (Webhook.off_reason != "")
    is_failed = WebhookDelivery.state == DeliveryState.FAILED
    queries = (
        select(func.count()).select_from(Webhook),
        select(func.count()).select_from(Webhook).where(is_off),
        select(func.count()).select_from(WebhookDelivery).where(is_failed),
    )
    return WebhookHealth(*(db.session.scalar(query) or 0 for query in queries))


def list_deliveries(
    webhook_id: int, state: DeliveryState, *, offset: int = 0, limit: int
) -> Sequence[WebhookDelivery]:
    """The messages of a webhook in a state, newest first."""
    mine = WebhookDelivery.webhook_id == webhook_id
    query = select(WebhookDelivery).where(mine, WebhookDelivery.state == state)
    return db.session.scalars(
        query.order_by(WebhookDelivery.id.desc()).offset(offset).limit(limit)
    ).all()


class Retry(StrEnum):
    """When messages will be tried again."""

    NOW = "now"
    ONCE_ON = "once-on"  # when the webhook is switched on again
    LATER = "later"  # after the wait that its receiver asked for


def retry_delivery(webhook_id: int, delivery_id: int, *, by: int | None) -> Retry:
    """Try a failed or waiting message again. Raises `WebhookNotFound`."""
    with write_transaction() as session:
        webhook = locked(session, webhook_id)
        _begin_anew(_unsent(session, webhook_id, delivery_id))
        log_event(session, "webhook-retry", by=by, subject=webhook.name)
        return _retry_of(webhook)


def _retry_of(webhook: Webhook) -> Retry:
    if not webhook.is_enabled:
        return Retry.ONCE_ON
    is_paused = webhook.paused_until is not None and webhook.paused_until > utcnow()
    return Retry.LATER if is_paused else Retry.NOW


def retry_failed(webhook_id: int, *, by: int | None) -> Retry:
    """Try all failed messages again, in order. Raises `WebhookNotFound`."""
    with write_transaction() as session:
        webhook = locked(session, webhook_id)
        is_failed = WebhookDelivery.state == DeliveryState.FAILED
        mine = WebhookDelivery.webhook_id == webhook_id
        for delivery in session.scalars(select(WebhookDelivery).where(mine, is_failed)):
            _begin_anew(delivery)
        log_event(session, "webhook-retry", by=by, subject=webhook.name)
        return _retry_of(webhook)


def discard_delivery(webhook_id: int, delivery_id: int, *, by: int | None) -> None:
    """Delete a failed or waiting message and its events. Raises `WebhookNotFound`."""
    with write_transaction() as session:
        webhook = locked(session, webhook_id)
        session.delete(_unsent(session, webhook_id, delivery_id))
        log_event(session, "webhook-discard", by=by, subject=webhook.name)


def discard_unsent(webhook_id: int, *, by: int | None) -> None:
    """Delete all failed and waiting messages, and events that aren't in a message yet.

    Raises `WebhookNotFound`.
    """
    with write_transaction() as session:
        webhook = locked(session, webhook_id)
        is_unsent = WebhookDelivery.state != DeliveryState.SENT
        mine = WebhookDelivery.webhook_id == webhook_id
        session.execute(delete(WebhookDelivery).where(mine, is_unsent))
        is_free = WebhookEvent.delivery_id.is_(None)
        session.execute(delete(WebhookEvent).where(WebhookEvent.webhook_id == webhook_id, is_free))
        log_event(session, "webhook-discard", by=by, subject=webhook.name)


def _begin_anew(delivery: WebhookDelivery) -> None:
    delivery.state, delivery.attempts = DeliveryState.WAITING, 0
    delivery.next_attempt_at = delivery.tried_since = utcnow()


def _unsent(session: Session, webhook_id: int, delivery_id: int) -> WebhookDelivery:
    delivery = session.get(WebhookDelivery, delivery_id)
    if (
        delivery is None
        or delivery.webhook_id != webhook_id
        or delivery.state == DeliveryState.SENT
    ):
        raise WebhookNotFound(delivery_id)
    return delivery


def prune() -> None:
    """Delete messages that were sent more than `SENT_KEPT` ago."""
    is_old = WebhookDelivery.sent_at < utcnow() - SENT_KEPT
    with write_transaction() as session:
        is_sent = WebhookDelivery.state == DeliveryState.SENT
        session.execute(delete(WebhookDelivery).where(is_sent, is_old))
