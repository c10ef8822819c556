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

MARK = "/"  # what no key of a path begins with


class PageClaim(NamedTuple):
    """Who works on the challenge of a page, and until when it is theirs."""

    username: str
    until: date


def key_of_challenge(page_id: int) -> str:
    """The key under which a challenge is claimed; it stays when the page is renamed."""
    return f"{MARK}{page_id}"


def challenge_id(key: str) -> int | None:
    """The page that a key of `key_of_challenge` is about; `None` for any other key."""
    return parse_number(key.removeprefix(MARK)) if key.startswith(MARK) else None


def is_open_challenge(viewer: Viewer, key: str) -> bool:
    """Whether the viewer may read such a challenge, and nobody has solved it."""
    is_open = (Page.kind == CHALLENGE, Page.status == "open", visible_to(viewer, Page))
    found = select(Page.id).where(Page.id == challenge_id(key), *is_open)
    return bool(db.session.scalar(select(found.exists())))


def claimed_by() -> ColumnElement[Any]:
    """Who works on a challenge, and until which day: a cached page doesn't notice its end."""
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
    """What the column of `claimed_by` says, until the day after the last."""
    if not column:
        return None
    day, _space, username = column.partition(" ")
    until = date.fromisoformat(day)
    return PageClaim(username, until) if until >= utcnow().date() else None


register_column("claimed_by", claimed_by)
