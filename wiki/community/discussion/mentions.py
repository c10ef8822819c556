"""Mentions, `@name` in a comment: finding the users, and linking to them.

Names are searched for in the comment's sanitized HTML, so that code, links and addresses are left
alone. Names that no user has stay plain text.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from html import escape

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.accounts.credentials.usernames import MAX_USERNAME_LENGTH, username_key
from wiki.accounts.models import User
from wiki.accounts.privacy.former_names import is_former_member, renamed_users
from wiki.database import in_batches
from wiki.letters import LETTER, LETTERS

MENTIONS_LIMIT = 20  # people mentioned in one comment
PLACES_LIMIT = 200  # places in one comment that are examined
READINGS_LIMIT = 8  # possible names at one place, as a sentence may end after the name

# User names as in `clean_username`: letters of any script with `.`, `_` and `-` between them; not
# after a letter, as in an e-mail address, nor within a path.
_PIECE = re.compile(
    rf'<(/?)([a-z][a-z0-9]*)\b[^<>"]*(?:"[^"]*"[^<>"]*)*>'
    rf"|(?<![{LETTERS}@/.-])@({LETTER}[{LETTERS}.-]{{1,{MAX_USERNAME_LENGTH - 1}}})"
)
_SILENT = frozenset({"a", "button", "code", "kbd", "math", "pre", "samp", "summary", "var"})


def _places(html: str) -> Iterator[tuple[int, str]]:
    """The offset of each `@` that may begin a mention, and the longest possible name after it."""
    silent = found = 0
    for piece in _PIECE.finditer(html):
        if piece[2]:
            if piece[2] in _SILENT:
                silent += -1 if piece[1] else 1
        elif not silent:
            found += 1
            if found > PLACES_LIMIT:
                return
            yield piece.start(), piece[3]


def _readings(name: str) -> Iterator[str]:
    """The possible names that `name` begins with, longest first, as a sentence may end after it."""
    count = 0
    while name and count < READINGS_LIMIT:
        if name[-1] not in "._-":
            count += 1
            yield name
        name = name[:-1].rstrip("._-") if name[-1] in "._-" else _without_ending(name)


def _without_ending(name: str) -> str:
    """`name` before its last `.`, `_` or `-`; empty if there is none."""
    return name[: max(name.rfind(sign) for sign in "._-") + 1]


def names_in(html: str) -> list[str]:
    """All names that may be mentioned in `html`, without duplicates."""
    readings = (reading for _, name in _places(html) for reading in _readings(name))
    return list(dict.fromkeys(readings))


def users_called(session: Session, names: Iterable[str]) -> dict[str, User]:
    """By key of name: users with one of these names, current or former, without closed accounts."""
    keys = {key for name in names if (key := username_key(name)) and "\0" not in key}
    if not keys:
        return {}
    found = {
        user.username_key: user
        for some in in_batches(keys)
        for user in session.scalars(select(User).where(User.username_key.in_(some)))
    }
    if former := keys - found.keys():
        found |= renamed_users(session, former)
    return {
        key: user
        for key, user in found.items()
        if user.is_enabled and not is_former_member(user.username)
    }


def mentioned_users(session: Session, html: str) -> list[int]:
    """The ids of the users that a comment mentions, in order, at most `MENTIONS_LIMIT`."""
    users = users_called(session, names_in(html))
    ids = (
        user.id
        for _, name in _places(html)
        if (user := _meant(name, users.keys(), users)[1]) is not None
    )
    return list(dict.fromkeys(ids))[:MENTIONS_LIMIT]


def _meant(name: str, keys: Collection[str], users: dict[str, User]) -> tuple[str, User | None]:
    """The longest beginning of `name` that is a user's name, and that user."""
    for reading in _readings(name):
        if (key := username_key(reading)) in keys:
            return reading, users[key]
    return "", None


def with_mentions(html: str, users: dict[str, User]) -> str:
    """`html` with a link for each mention of one of `users` (by key of name)."""
    pieces: list[str] = []
    done = 0
    for at, name in _places(html):
        reading, user = _meant(name, users.keys(), users)
        if user is not None:
            end = at + 1 + len(reading)
            address = url_for("pages.person", username=user.username)
            link = f'<a class="mention" href="{escape(address)}"><bdi>{html[at:end]}</bdi></a>'
            pieces += html[done:at], link
            done = end
    return "".join((*pieces, html[done:]))
