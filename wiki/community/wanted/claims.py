"""Claims: who is writing which item, so that nobody does it twice. They lock nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, and_, cast, delete, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer, visible_to
from wiki.accounts.models import User
from wiki.community.wanted.challenge_claims import MARK, challenge_id
from wiki.community.wanted.models import WantedClaim
from wiki.database import FOR_CHANGE, db, in_batches, insert_into, utcnow, write_transaction
from wiki.pages.models import Page
from wiki.pages.queries.page_extras import raise_activity

CLAIM_AGE = timedelta(days=14)  # after which an item is free again
MAX_CLAIMS = 5  # claims of one person at a time


class ClaimRefused(ValueError):
    """An item can't be claimed: `reason` is `taken` (by somebody else) or `many` (`MAX_CLAIMS`)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim on an item; `expires_at` is in UTC."""

    key: str
    user_id: int
    username: str
    expires_at: datetime
    is_open: bool  # others may claim it, since its owner has closed their account


def claims_of(keys: Collection[str]) -> Mapping[str, Claim]:
    """By key: the claims on these items that haven't expired."""
    found: dict[str, Claim] = {}
    for some in in_batches(keys):
        rows = db.session.execute(
            select(
                WantedClaim.key,
                WantedClaim.user_id,
                User.username,
                WantedClaim.expires_at,
                User.closed_at.is_not(None),
            )
            .join(User, User.id == WantedClaim.user_id)
            .where(WantedClaim.key.in_(some), WantedClaim.expires_at > utcnow())
        )
        found |= {row[0]: Claim(*row) for row in rows}
    return found


def claim_item(viewer: Viewer, key: str) -> None:
    """Claim an item for `CLAIM_AGE`, or extend one's claim. Raises `ClaimRefused`."""
    now = utcnow()
    with write_transaction() as session:
        # If one person makes two claims at once, the second waits here and counts the first.
        session.execute(
            select(User.id).where(User.id == viewer.user_id).with_for_update(**FOR_CHANGE)
        )
        _forget_what_is_over(session, viewer)
        mine = select(func.count()).where(
            WantedClaim.user_id == viewer.user_id, WantedClaim.key != key
        )
        if (session.scalar(mine) or 0) >= MAX_CLAIMS:
            raise ClaimRefused("many")
        row = insert_into(session, WantedClaim).values(
            key=key, user_id=viewer.user_id, claimed_at=now, expires_at=now + CLAIM_AGE
        )
        session.execute(
            row.on_conflict_do_update(
                index_elements=["key"],
                set_={"expires_at": now + CLAIM_AGE},
                where=WantedClaim.user_id == viewer.user_id,
            )
        )
        holder = select(WantedClaim.user_id).where(WantedClaim.key == key)
        if session.scalar(holder) != viewer.user_id:
            raise ClaimRefused("taken")
        _show_on_page(session, key)


def release_item(viewer: Viewer, key: str) -> None:
    """Delete the viewer's claim on an item, if there is one."""
    mine = (WantedClaim.key == key, WantedClaim.user_id == viewer.user_id)
    with write_transaction() as session:
        if session.scalar(delete(WantedClaim).where(*mine).returning(WantedClaim.key)) is not None:
            _show_on_page(session, key)


def _show_on_page(session: Session, key: str) -> None:
    if (page_id := challenge_id(key)) is not None:
        raise_activity(session, page_id)


def _forget_what_is_over(session: Session, viewer: Viewer) -> None:
    """Delete expired claims, those of closed accounts, and the viewer's own that are done.

    Those are done for which the viewer sees a page, or no longer an open challenge. Other people's
    claims stay, since deleting them would reveal hidden pages.
    """
    closed = select(User.id).where(User.closed_at.is_not(None))
    is_expired = or_(WantedClaim.expires_at <= utcnow(), WantedClaim.user_id.in_(closed))
    is_written = exists().where(
        or_(Page.key == WantedClaim.key, Page.title_key == WantedClaim.key),
        Page.created_at >= WantedClaim.claimed_at,
        visible_to(viewer, Page),
    )
    is_open = exists().where(
        literal(MARK) + cast(Page.id, String) == WantedClaim.key,
        Page.status == "open",
        visible_to(viewer, Page),
    )
    is_over = or_(is_written, and_(WantedClaim.key.startswith(MARK), ~is_open))
    is_own = WantedClaim.user_id == viewer.user_id
    session.execute(delete(WantedClaim).where(or_(is_expired, and_(is_own, is_over))))
