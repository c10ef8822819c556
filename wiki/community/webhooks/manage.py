"""Managing webhooks, for administrators. Changes go to the audit log, without secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wiki.accounts.audit_log import log_event, register_actions
from wiki.community.webhooks.address import AddressRefused, clean_address, resolve_address
from wiki.community.webhooks.messages.public_events import choices
from wiki.community.webhooks.messages.signature import new_key
from wiki.community.webhooks.models import (
    NAME_LIMIT,
    Format,
    Webhook,
    WebhookScope,
)
from wiki.database import db, utcnow, write_transaction
from wiki.i18n import lazy as _l
from wiki.naming import NameRefused, clean_path, is_hidden, path_key
from wiki.outbound.network import HostRefused

WEBHOOK_LIMIT = 50  # webhooks; each costs a little with every event
TAG_LIMIT = 50  # characters
FORMER_KEY_AGE = timedelta(days=1)  # time for giving the new key to the receiver

register_actions(
    {
        "webhook-new": _l("Webhook created"),
        "webhook-change": _l("Webhook changed"),
        "webhook-switch": _l("Webhook switched on or off"),
        "webhook-delete": _l("Webhook deleted"),
        "webhook-key": _l("Key of a webhook replaced"),
        "webhook-test": _l("Test message of a webhook"),
        "webhook-retry": _l("Message of a webhook sent again"),
        "webhook-discard": _l("Message of a webhook discarded"),
    }
)


class WebhookNotFound(LookupError):
    """There is no such webhook, or it has no such message."""


class WebhookConflict(Exception):
    """Somebody else has changed the webhook since the form was opened."""


class WebhookRefused(ValueError):
    """The values aren't valid; `problems` are messages by field name."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(problems)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Terms:
    """The values that an administrator sets; an empty address leaves the stored one."""

    name: str
    format: Format
    address: str = field(repr=False)
    scope: WebhookScope
    scope_value: str
    events: Sequence[str]


def all_webhooks() -> Sequence[Webhook]:
    """All webhooks sorted by name without regard to case, including those that are off."""
    return db.session.scalars(select(Webhook).order_by(func.lower(Webhook.name), Webhook.id)).all()


def get_webhook(webhook_id: int) -> Webhook:
    """The webhook with this id, not locked. Raises `WebhookNotFound`."""
    webhook = db.session.get(Webhook, webhook_id)
    if webhook is None:
        raise WebhookNotFound(webhook_id)
    return webhook


def create_webhook(terms: Terms, *, by: int | None) -> Webhook:
    """Create a webhook, switched on; `by` is a user id. Raises `WebhookRefused`."""
    values = _checked(terms, is_new=True)
    key = new_key() if terms.format is Format.JSON else ""
    with write_transaction() as session:
        if (session.scalar(select(func.count()).select_from(Webhook)) or 0) >= WEBHOOK_LIMIT:
            raise WebhookRefused({"": "too-many"})
        webhook = Webhook(**values, signing_key=key)
        session.add(webhook)
        log_event(session, "webhook-new", by=by, subject=webhook.name)
    return webhook


def change_webhook(webhook_id: int, terms: Terms, *, version: int, by: int | None) -> Webhook:
    """Change a webhook that was shown at `version`.

    Raises `WebhookNotFound`, `WebhookRefused`, `WebhookConflict`.
    """
    if not terms.address and get_webhook(webhook_id).format != terms.format:
        raise WebhookRefused({"address": "needed-again"})
    values = _checked(terms, is_new=False)
    with write_transaction() as session:
        webhook = locked(session, webhook_id)
        if webhook.version != version:
            raise WebhookConflict(webhook_id)
        if values.get("address", webhook.address) != webhook.address:
            _forget_failures(webhook)
        for name, value in values.items():
            setattr(webhook, name, value)
        if webhook.format == Format.JSON and not webhook.signing_key:
            webhook.signing_key = new_key()
        webhook.version += 1
        log_event(session, "webhook-change", by=by, subject=webhook.name)
    return webhook


def switch_webhook(webhook_id: int, *, is_on: bool, by: int | None) -> Webhook:
    """Switch a webhook on or off and reset its failures; `by` is a user id.

    Raises `WebhookNotFound`.
    """
    with write_transaction() as session:
        webhook = locked(session, webhook_id)
        if webhook.is_enabled != is_on:
            webhook.is_enabled = is_on
            webhook.version += 1
            _forget_failures(webhook)
            log_event(session, "webhook-switch", by=by, subject=webhook.name)
    return webhook


def delete_webhook(webhook_id: int, *, by: int | None) -> str:
    """Delete a webhook and its messages; returns its name. Raises `WebhookNotFound`."""
    with write_transaction() as session:
        webhook = locked(session, webhook_id)
        session.delete(webhook)
        log_event(session, "webhook-delete", by=by, subject=webhook.name)
        return webhook.name


def replace_key(webhook_id: int, *, by: int | None) -> str:
    """Create and return a new signing key; for a day, messages are also signed with the former.

    Raises `WebhookNotFound`.
    """
    with write_transaction() as session:
        webhook = locked(session, webhook_id)
        if webhook.format != Format.JSON:
            raise WebhookNotFound(webhook_id)
        webhook.former_key, webhook.signing_key = webhook.signing_key, new_key()
        webhook.former_key_until = utcnow() + FORMER_KEY_AGE
        log_event(session, "webhook-key", by=by, subject=webhook.name)
        return webhook.signing_key


def locked(session: Session, webhook_id: int) -> Webhook:
    """The webhook, locked until the caller's transaction ends. Raises `WebhookNotFound`."""
    webhook = session.get(Webhook, webhook_id, with_for_update=True)
    if webhook is None:
        raise WebhookNotFound(webhook_id)
    return webhook


def _forget_failures(webhook: Webhook) -> None:
    """Reset failures and pauses; a process that holds the lease loses it."""
    webhook.lease, webhook.leased_until, webhook.paused_until = "", None, None
    webhook.failing_since, webhook.off_reason = None, ""


def _checked(terms: Terms, *, is_new: bool) -> dict[str, object]:
    """Column values for `terms`; resolves the host, so call it outside of transactions.

    Raises `WebhookRefused`.
    """
    problems: dict[str, str] = {}
    name = " ".join(terms.name.split())
    if not name:
        problems["name"] = "empty"
    elif len(name) > NAME_LIMIT:
        problems["name"] = "long"
    elif any(map(is_hidden, name)):
        problems["name"] = "hidden"
    values: dict[str, object] = {"name": name, "format": terms.format}
    if is_new or terms.address:
        try:
            values["address"] = clean_address(terms.address, terms.format)
            db.session.rollback()
            resolve_address(str(values["address"]))
        except (AddressRefused, HostRefused) as refused:
            problems["address"] = refused.reason
    known = choices()
    values["events"] = [event for event in known if event in terms.events]
    if not values["events"]:
        problems["events"] = "empty"
    try:
        values |= _scope(terms)
    except NameRefused:
        problems[terms.scope] = "bad"
    if problems:
        raise WebhookRefused(problems)
    return values


def _scope(terms: Terms) -> dict[str, object]:
    """Column values of the scope. Raises `NameRefused`."""
    value = " ".join(terms.scope_value.split())
    if terms.scope is WebhookScope.EVERYTHING:
        value = ""
    elif terms.scope is WebhookScope.TREE:
        value = clean_path(value)
    elif not path_key(value) or len(value) > TAG_LIMIT or any(map(is_hidden, value)):
        raise NameRefused("empty")
    key = value if terms.scope is WebhookScope.KIND else path_key(value)
    return {"scope": terms.scope, "scope_value": value, "scope_key": key}
