"""Merges one account into another, for a person who has registered twice.

The target keeps its name, password, role and preferences. Everything that the source did, wrote
and received is added to it. A merge can’t be undone, since the origin of each item isn’t
recorded. The source’s row stays for the audit log, closed, and its name leads to the target.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.blocking.blocks import block_of_user
from wiki.accounts.blocking.models import Block
from wiki.accounts.credentials.emails import is_same_address
from wiki.accounts.errors import UserNotFound
from wiki.accounts.mails import discard_mails, queue_merge_notice
from wiki.accounts.merging.references import AccountMerge, count_references, references
from wiki.accounts.models import MergedAccount, Role, User
from wiki.accounts.privacy.former_names import retire_name
from wiki.accounts.privacy.personal_data import personal_data
from wiki.accounts.users import (
    end_all_sessions,
    ensure_administrator_remains,
    get_user,
    lock_users,
    login_email_key,
    revoke_invitations_by,
    user_by_name,
)
from wiki.database import db, overwrite_deleted, utcnow, write_transaction
from wiki.i18n import lazy as _l

# How long requests of the source that started before the merge may still write.
SETTLED_AFTER = timedelta(minutes=30)
_RANKS = list(Role)

register_actions(
    {
        "merged": _l("Account merged into another"),
        "merged-into": _l("Another account merged into this one"),
    }
)


class MergeRefused(ValueError):
    """`reason` is `unknown` (no such target), `same` (as the source), `self` (the administrator’s
    own account would be merged away), or `blocked` (the source is blocked, and the target is an
    administrator).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would do: `moved` lists what the target would get."""

    source: User
    target: User
    moved: Sequence[str]
    block: Block | None  # the source's address, which the target would get

    @property
    def loses_role(self) -> bool:
        """Whether the source may do more than the target."""
        return _RANKS.index(Role(self.source.role)) > _RANKS.index(Role(self.target.role))


def preview_merge(source: str, target: str, *, by: int | None) -> MergePreview:
    """What `merge_accounts` would do; raises the same errors."""
    session = db.session()
    one, other = _checked(session, source, target, by)
    moved = count_references(session, one.id)
    return MergePreview(one, other, moved, block_of_user(one.id))


def merge_accounts(source: str, target: str, *, by: int | None) -> User:
    """Move everything of the user `source` to the user `target`, permanently.

    Raises `UserNotFound` for the source, `MergeRefused`, `LastAdministrator`.
    """
    with write_transaction() as session:
        overwrite_deleted(session)
        lock_users(session)
        one, other = _checked(session, source, target, by)
        # Wait for requests that are writing something of the source right now.
        for id_ in sorted((one.id, other.id)):
            session.get_one(User, id_, with_for_update=True)
        merge = AccountMerge(one.id, other.id)
        if MergePreview(one, other, (), None).loses_role:
            revoke_invitations_by(session, one.id, by=by)
        end_all_sessions(session, one)
        discard_mails(session, one)
        proven = one.email if one.email_confirmed_at is not None else None
        _settle(session, merge)
        if not other.is_enabled or block_of_user(other.id, session):
            revoke_invitations_by(session, other.id, by=by)
        _take_address(session, one, other)
        other.created_at = min(one.created_at, other.created_at)
        other.timezone = other.timezone or one.timezone
        _close(session, one, other)
        for feature in personal_data():
            feature.rename(session, other.id)
        queue_merge_notice(session, other, one.username, proven)
        log_event(session, "merged", by=by, about=one.id)
        log_event(session, "merged-into", by=by, about=other.id)
    return other


def settle_late() -> None:
    """Move what late requests of merged accounts have written since."""
    lately = MergedAccount.merged_at > utcnow() - SETTLED_AFTER
    merges = (
        select(MergedAccount.user_id, MergedAccount.into_id)
        .join(User, User.id == MergedAccount.into_id)
        .where(lately, User.closed_at.is_(None))
    )
    for source, target in db.session.execute(merges).all():
        with write_transaction() as session:
            _settle(session, AccountMerge(source, target))


def _checked(session: Session, source: str, target: str, by: int | None) -> tuple[User, User]:
    one, other = get_user(source), user_by_name(target)
    if one.closed_at is not None:
        raise UserNotFound(source)
    if other is None or other.closed_at is not None:
        raise MergeRefused("unknown")
    if one.id == other.id:
        raise MergeRefused("same")
    if one.id == by:
        raise MergeRefused("self")
    if other.role == Role.ADMIN and block_of_user(one.id, session) is not None:
        raise MergeRefused("blocked")
    ensure_administrator_remains(session, one)
    return one, other


def _settle(session: Session, merge: AccountMerge) -> None:
    session.flush()
    for reference in references():
        reference.settle(session, merge)
    session.expire_all()


def _take_address(session: Session, source: User, target: User) -> None:
    """The target keeps its address; without one, it gets the source’s. Of two equal ones, a
    confirmation counts.
    """
    address, confirmed = source.email, source.email_confirmed_at
    source.email = source.email_key = source.email_confirmed_at = None
    session.flush()
    if target.email is None:
        target.email, target.email_confirmed_at = address, confirmed
    elif address is not None and is_same_address(address, target.email):
        target.email_confirmed_at = target.email_confirmed_at or confirmed
    target.email_key = login_email_key(session, target.email, by=target.id)


def _close(session: Session, source: User, target: User) -> None:
    """Close the source; its name becomes a former name of the target."""
    retire_name(session, source, leads_to=target)
    # Keys have no capitals, so nobody can be found by this one or take it.
    source.username_key, source.username_skeleton = f"MERGED-{source.id}", None
    source.password_hash = source.timezone = None
    source.role, source.is_enabled, source.closed_at = Role.READER, False, utcnow()
    session.add(MergedAccount(user_id=source.id, into_id=target.id))
