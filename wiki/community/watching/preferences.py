"""Notification preferences: how often to mail, and what to watch automatically."""

from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from wiki.accounts.models import MergedAccount, User
from wiki.community.watching.models import MailFrequency, Notification, NotificationPreferences
from wiki.database import db, in_batches, insert_into, write_transaction


def preferences_of(user_id: int) -> NotificationPreferences:
    """A user's preferences, or an unsaved row with the defaults."""
    found = db.session.get(NotificationPreferences, user_id)
    return found or NotificationPreferences(
        user_id=user_id, mail=MailFrequency.DAILY, watches_created=True, watches_edited=False
    )


def set_preferences(
    user_id: int, mail: MailFrequency, *, watches_created: bool, watches_edited: bool
) -> None:
    """Store a user's preferences. If mail is off, pending notifications are no longer mailed."""
    values = {
        "mail": mail,
        "watches_created": watches_created,
        "watches_edited": watches_edited,
    }
    with write_transaction() as session:
        _store(session, user_id, values)
        if mail is MailFrequency.OFF:
            cancel_pending_mails(session, user_id)


def stop_mails(user_id: int) -> None:
    """Set mail to off for a user, who need not be signed in."""
    with write_transaction() as session:
        # A link in a mail to an account that was merged since belongs to the same person.
        user_id = session.scalar(_merged_into(user_id)) or user_id
        # Ids aren't reused, so a closed account's link can't affect anybody else.
        if session.get(User, user_id) is not None:
            _store(session, user_id, {"mail": MailFrequency.OFF})
            cancel_pending_mails(session, user_id)


def _merged_into(user_id: int) -> "Select[int]":
    """A statement for the id of the account into which this one was merged."""
    return select(MergedAccount.into_id).where(MergedAccount.user_id == user_id)


def frequencies_of(user_ids: Collection[int]) -> dict[int, MailFrequency]:
    """By user id: how often they get mail; `off` without a confirmed address."""
    found = {}
    for batch in in_batches(user_ids):
        query = (
            select(User.id, NotificationPreferences.mail)
            .outerjoin(NotificationPreferences, NotificationPreferences.user_id == User.id)
            .where(User.id.in_(batch), User.is_enabled, User.email_confirmed_at.is_not(None))
        )
        for user_id, mail in db.session.execute(query):
            found[user_id] = MailFrequency(mail) if mail else MailFrequency.DAILY
    return {user_id: found.get(user_id, MailFrequency.OFF) for user_id in user_ids}


def _store(session: Session, user_id: int, values: dict[str, object]) -> None:
    defaults = {"mail": MailFrequency.DAILY, "watches_created": True, "watches_edited": False}
    statement = insert_into(session, NotificationPreferences).values(
        user_id=user_id, **{**defaults, **values}
    )
    session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=values))


def cancel_pending_mails(session: Session, user_id: int) -> None:
    """Have no pending notification of a user mailed, in the caller's transaction."""
    waiting = db.update(Notification).where(
        Notification.user_id == user_id, Notification.is_to_mail
    )
    session.execute(waiting.values(is_to_mail=False))
