"""Switches failing webhooks off, and notifies administrators."""

from collections.abc import Collection, Mapping, Sequence

from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import select

from wiki.access.permissions import Viewer, can_administer
from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.models import Role, User
from wiki.community.events import Description, Event, EventKind, register_kinds
from wiki.community.webhooks.messages.public_events import OFF
from wiki.community.webhooks.models import ERROR_LIMIT, Webhook
from wiki.database import db, write_transaction
from wiki.i18n import lazy as _l
from wiki.search.outbox import announce

register_actions({OFF: _l("Webhook switched off by the server")})


def init_app(app: Flask) -> None:
    kind = EventKind(
        OFF,
        _l("Webhooks that were switched off"),
        describe_off,
        administrators,
        follows_page=False,
        is_for_watchers=False,
    )
    register_kinds(app, kind)


def switch_off(webhook_id: int, reason: str) -> None:
    """Switch a webhook off until an administrator switches it on, and notify administrators."""
    with write_transaction() as session:
        webhook = session.get(Webhook, webhook_id, with_for_update=True)
        if webhook is None or not webhook.is_enabled:
            return
        webhook.is_enabled, webhook.off_reason = False, reason[:ERROR_LIMIT]
        webhook.lease, webhook.leased_until = "", None
        webhook.version += 1
        log_event(session, OFF, by=None, subject=webhook.name)
        announce(session, 0, None, OFF, subject_id=webhook_id)


def administrators(events: Sequence[Event]) -> Mapping[int, Collection[int]]:
    """By event number: the ids of all administrators."""
    query = select(User.id).where(User.role == Role.ADMIN, User.is_enabled)
    numbers = db.session.scalars(query).all()
    return {event.number: numbers for event in events}


def describe_off(events: Sequence[Event], viewer: Viewer) -> Mapping[int, Description]:
    """Describe webhooks that are still off, for administrators, by event number."""
    if not can_administer(viewer):
        return {}
    numbers = {event.subject_id for event in events}
    query = select(Webhook.id, Webhook.name, Webhook.off_reason)
    is_off = Webhook.id.in_(numbers) & Webhook.is_enabled.is_(False)
    rows = {row.id: row for row in db.session.execute(query.where(is_off))}
    return {
        event.number: Description(
            title=row.name,
            line=_("The webhook “%(name)s” was switched off", name=row.name),
            endpoint="webhooks.one",
            values={"number": row.id},
            excerpt=row.off_reason,
            thread=f"webhook-{row.id}",
        )
        for event in events
        if (row := rows.get(event.subject_id)) is not None
    }
