"""Withholds links of new users to other sites until somebody has reviewed them.

For each page, the hashes of added addresses are stored. They also apply to old revisions, so
undoing an edit releases nothing. See `docs/decisions/0029-links-of-new-people.md`.
"""

import re
from collections.abc import Collection, Mapping
from hashlib import sha256
from html import unescape
from typing import Any

from sqlalchemy import delete, distinct, func, insert, select
from sqlalchemy.orm import Session

from wiki.access.permissions import REVIEWERS
from wiki.accounts.models import User
from wiki.app_state import current_settings
from wiki.hub_settings.definitions import SettingSection, define_switch
from wiki.i18n import lazy as _l
from wiki.kinds.values import link_target, values_of
from wiki.markup.slots import PictureSlot, slots_of
from wiki.pages.models import Page, Rendering, ReviewMark, Revision, WithheldLink

REVIEWED_ENOUGH = 3  # reviewed changes, after which a user is no longer new
MAX_HELD = 500  # addresses of one revision; with more, all links of the page are withheld
ALL = "*"  # instead of a hash
HASH_LENGTH = 32  # hex digits

HOLD_LINKS = define_switch(
    "hold_links",
    _l("Hold back links of new people to other sites"),
    section=SettingSection.NEW_PEOPLE,
    hint=_l(
        "They are shown as text until a mentor has marked the change as reviewed. Nobody is new "
        "after three reviewed changes."
    ),
)

_ADDRESS = re.compile(r' href="((?:https?:)?//[^"]*)"', re.IGNORECASE)
_FOREIGN = re.compile(r"(?:https?:)?//", re.IGNORECASE)


def newcomers_among(session: Session, user_ids: Collection[int | None]) -> set[int]:
    """The ids of new users, whose links are withheld; empty while the feature is off."""
    ids = {id_ for id_ in user_ids if id_ is not None}
    if not ids or not HOLD_LINKS.current():
        return set()
    known = (
        select(Revision.author_id)
        .join(ReviewMark, ReviewMark.revision_id == Revision.id)
        .where(Revision.author_id.in_(ids), ReviewMark.user_id != Revision.author_id)
        .group_by(Revision.author_id)
        .having(func.count(distinct(Revision.id)) >= REVIEWED_ENOUGH)
    )
    new = select(User.id).where(
        User.id.in_(ids), User.role.not_in(REVIEWERS), User.id.not_in(known)
    )
    return set(session.scalars(new))


def hash_of_address(address: str) -> str:
    """The hash of an address in the database: the beginning of its SHA-256, in hex."""
    return sha256(address.encode("utf-8", "replace")).hexdigest()[:HASH_LENGTH]


def is_own_address(address: str) -> bool:
    """Whether an address with a host belongs to this wiki."""
    own = current_settings().base_url
    return bool(own) and f"{address}/".startswith(f"{own}/")


def external_addresses(slotted: str) -> set[str]:
    """The addresses on other sites that HTML with slots links to or shows as pictures."""
    pictures = {slot.address for slot in slots_of(slotted, PictureSlot)}
    links = {unescape(address) for address in _ADDRESS.findall(slotted)}
    return links | {address for address in pictures if _FOREIGN.match(address)}


def external_field_addresses(fields: Mapping[str, Any]) -> set[str]:
    """The addresses on other sites in the fields of a page, regardless of its kind."""
    values = (value for stored in fields.values() for value in values_of(stored))
    return {value for value in values if link_target(value) and _FOREIGN.match(value)}


def update_withheld_links(
    session: Session, page: Page, revision: Revision, slotted: str, *, by: User | None
) -> None:
    """Withhold the links that `revision` adds, or release them if its author isn’t new.

    Must be called before its rendering `slotted` is stored. Does nothing while the feature is off.
    """
    if not HOLD_LINKS.current():
        return
    before = external_addresses(
        session.scalar(select(Rendering.html).where(Rendering.page_id == page.id)) or ""
    )
    last = (Revision.page_id == page.id, Revision.number == revision.number - 1)
    before |= external_field_addresses(session.scalar(select(Revision.fields).where(*last)) or {})
    now = external_addresses(slotted) | external_field_addresses(revision.fields)
    added = {address for address in now - before if not is_own_address(address)}
    if not added:
        return
    hashes = {hash_of_address(address) for address in added}
    if by is None or not newcomers_among(session, {by.id}):
        known = list(hashes)[:MAX_HELD]
        session.execute(
            delete(WithheldLink).where(
                WithheldLink.page_id == page.id, WithheldLink.hash.in_(known)
            )
        )
        return
    if len(hashes) > MAX_HELD:
        hashes = {ALL}
    kept = set(session.scalars(select(WithheldLink.hash).where(WithheldLink.page_id == page.id)))
    rows = [
        {"page_id": page.id, "hash": each, "revision_id": revision.id} for each in hashes - kept
    ]
    if rows:  # callers hold the page's lock
        session.execute(insert(WithheldLink), rows)


def release_links(session: Session, revision_ids: Collection[int], *, by: int | None) -> set[int]:
    """Release the links of these revisions, and all links of authors who are no longer new.

    Must be called after user `by` has marked the revisions as reviewed; their own links stay
    withheld. Returns the ids of the pages with released links.
    """
    reviewed = select(Revision.id, Revision.author_id).where(
        Revision.id.in_(revision_ids), Revision.author_id != by
    )
    authors = {row.id: row.author_id for row in session.execute(reviewed)}
    new = newcomers_among(session, set(authors.values())) if HOLD_LINKS.current() else set()
    known = set(authors.values()) - new
    theirs = select(Revision.id).where(Revision.author_id.in_(known))
    is_free = WithheldLink.revision_id.in_(authors) | WithheldLink.revision_id.in_(theirs)
    released = delete(WithheldLink).where(is_free).returning(WithheldLink.page_id)
    return set(session.scalars(released)) if authors else set()
