"""Test messages, which are posted immediately."""

import threading
from datetime import timedelta

import orjson

from wiki.accounts.audit_log import log_event
from wiki.app_state import wiki_name
from wiki.community.webhooks.manage import get_webhook, locked
from wiki.community.webhooks.messages import discord, plain_json
from wiki.community.webhooks.messages.signature import signature_headers
from wiki.community.webhooks.models import (
    ERROR_LIMIT,
    DeliveryState,
    Format,
    WebhookDelivery,
)
from wiki.community.webhooks.sending.delivery import (
    DeliveryOutcome,
    Verdict,
    WebhookMessage,
    deliver,
    now_in_seconds,
)
from wiki.community.webhooks.sending.queue import keys_of, new_message_id
from wiki.database import db, utcnow, write_transaction
from wiki.rate_limits import LimitReached, count_attempt

TRIAL_RATE = "10 per minute"  # test messages of one administrator
MAX_TRIALS = 1  # test messages at once in one process, as each occupies a request thread
_slots = threading.BoundedSemaphore(MAX_TRIALS)


def try_webhook(webhook_id: int, *, by: int | None) -> DeliveryOutcome:
    """Post a test message now and add it to the list of messages.

    Raises `WebhookNotFound`, `LimitReached`.
    """
    count_attempt(TRIAL_RATE, "webhook trials", by)
    if not _slots.acquire(blocking=False):
        raise LimitReached(5)
    try:
        message_id, message = _message(webhook_id)
        outcome = deliver(message)
    finally:
        _slots.release()
    with write_transaction() as session:
        webhook = locked(session, webhook_id)
        log_event(session, "webhook-test", by=by, subject=webhook.name)
        if outcome.wait:
            webhook.paused_until = utcnow() + min(outcome.wait, timedelta(days=1))
        if outcome.verdict is Verdict.TAKEN:
            webhook.failing_since = None
            session.add(_delivery(webhook_id, message_id, outcome))
    return outcome


def _message(webhook_id: int) -> tuple[str, WebhookMessage]:
    """A test message and its id; leaves no transaction open. Raises `WebhookNotFound`."""
    webhook = get_webhook(webhook_id)
    message_id, is_json = new_message_id(), webhook.format == Format.JSON
    content = plain_json.make_test_message() if is_json else discord.make_test_message(wiki_name())
    body = orjson.dumps(content)
    signed = signature_headers(keys_of(webhook, utcnow()), message_id, now_in_seconds(), body)
    message = WebhookMessage(
        webhook.address, Format(webhook.format), body, signed if is_json else {}
    )
    db.session.rollback()
    return message_id, message


def _delivery(webhook_id: int, message_id: str, outcome: DeliveryOutcome) -> WebhookDelivery:
    return WebhookDelivery(
        webhook_id=webhook_id,
        message_id=message_id,
        state=DeliveryState.SENT,
        is_test=True,
        attempts=1,
        sent_at=utcnow(),
        last_error=outcome.reason[:ERROR_LIMIT],
        remote_id=outcome.remote_id,
    )
