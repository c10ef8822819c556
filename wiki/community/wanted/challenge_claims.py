"""Claims on open challenges: on the board, and on the page of the challenge."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, cast, func, literal, select

from wiki.access.permissions import Viewer, visible_to
from wiki.accounts.models import User
from wiki.community.wanted.models import WantedClaim
from wiki.database import db, utcnow
from wiki.kinds.builtin import CHALLENGE
from wiki.pages.models import Page
from wiki.pages.queries.page_extras import register_column
from wiki.web.request_values import parse_number

MARK = "/"  # prefix of keys of challenges; no key of a path begins with it


class PageClaim(NamedTuple):
    """Who works on a challenge, and the last day (UTC) of the claim."""

    username: str
    until: date


def key_of_challenge(page_id: int) -> str:
    """The key for claims on a challenge, which doesn't change when the page is renamed."""
    return f"{MARK}{page_id}"


def challenge_id(key: str) -> int | None:
    """The page id in a key of `key_of_challenge`; `None` for any other key."""
    return parse_number(key.removeprefix(MARK)) if key.startswith(MARK) else None


def is_open_challenge(viewer: Viewer, key: str) -> bool:
    """Whether the key is that of an open challenge that the viewer may read."""
    is_open = (Page.kind == CHALLENGE, Page.status == "open", visible_to(viewer, Page))
    found = select(Page.id).where(Page.id == challenge_id(key), *is_open)
    return bool(db.session.scalar(select(found.exists())))


def claimed_by() -> ColumnElement[Any]:
    """A column with who works on a challenge and until which day.

    It includes expired claims, since cached pages outlive them; `claim_in` leaves them out.
    """
    until = func.substr(cast(WantedClaim.expires_at, String), 1, 10)
    holder = (
        select(until + " " + User.username)
        .join(WantedClaim, WantedClaim.user_id == User.id)
        .where(
            WantedClaim.key == literal(MARK) + cast(Page.id, String),
            User.closed_at.is_(None),
        )
    )
    return holder.correlate(Page).scalar_subquery()


def claim_in(column: str | None) -> PageClaim | None:
    """Parse a value of `claimed_by`; `None` for no claim or an expired one."""
    if not column:
        return None
    day, _space, username = column.partition(" ")
    until = date.fromisoformat(day)
    return PageClaim(username, until) if until >= utcnow().date() else None


register_column("claimed_by", claimed_by)
