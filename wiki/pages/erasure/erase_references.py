"""Where a phrase may stand beside the texts of pages, and taking it out there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from wiki.accounts.models import Invitation, LoginSession, User
from wiki.files.erasure.erase import erase_contents, lock_files, redact_names, release_contents
from wiki.files.erasure.phrase_search import ContentSearch, FileMatch, find_files_with
from wiki.files.models import FileVersion
from wiki.files.write import append_version
from wiki.identity.models import AuditEvent, Hub
from wiki.naming import path_key
from wiki.pages.models import Draft, Redirect, Revision, Text
from wiki.redact import ErasedPhrase

_DRAFT_FIELDS = ("title", "path", "section", "text", "tags", "summary")
_HUB_FIELDS = ("name", "tagline", "welcome")


class ErasureScope(Protocol):
    """What of an erasure concerns things beside pages."""

    @property
    def is_everywhere(self) -> bool: ...
    @property
    def with_files(self) -> bool: ...
    @property
    def contents(self) -> frozenset[str] | None: ...


@dataclass(frozen=True, slots=True)
class ErasedReferences:
    """What was reached: how many drafts, names of files, versions of files, and other places.

    `files` are those that held the phrase, as they were; `left` are contents that nobody chose,
    `shared` those that files elsewhere have as well. `people` have it in their name or address,
    which are left to them. `released` are hashes of bytes that the store may forget.
    """

    drafts: int = 0
    names: int = 0
    versions: int = 0
    notes: int = 0
    files: Sequence[FileMatch] = ()
    left: int = 0
    shared: int = 0
    people: Sequence[str] = ()
    released: frozenset[str] = frozenset()


def is_in_path(phrase: ErasedPhrase, path: str) -> bool:
    """Whether an address holds the phrase, as it is or as addresses are made of titles."""
    key = path_key(phrase.text)
    return phrase.is_in(path) or (len(key) > 3 and ErasedPhrase(key, in_any_case=True).is_in(path))


def erase_in_drafts(session: Session, hashes: Collection[str], phrase: ErasedPhrase | None) -> int:
    """Drop drafts begun from the texts, and take the phrase out of all others; how many."""
    begun = (
        select(Draft.id)
        .join(
            Revision,
            (Revision.page_id == Draft.page_id) & (Revision.number == Draft.base_revision),
        )
        .where(Revision.text_hash.in_(hashes))
    )
    dropped: Any = session.execute(delete(Draft).where(Draft.id.in_(begun)))
    count = int(dropped.rowcount)
    if phrase is None:
        return count
    key = path_key(phrase.text)
    for draft in session.scalars(select(Draft).execution_options(yield_per=50)):
        is_held = _redact(draft, _DRAFT_FIELDS, phrase)
        if phrase.is_in(draft.target) or (key and key in draft.target):  # made of the title
            draft.target = f"new:{draft.id}"
            is_held = True
        count += is_held
    return count


def delete_redirects(session: Session, phrase: ErasedPhrase) -> None:
    """Former paths and titles with the phrase lead nowhere from now on."""
    paths = session.execute(select(Redirect.key, Redirect.path)).all()
    gone = [row.key for row in paths if is_in_path(phrase, row.path)]
    session.execute(delete(Redirect).where(Redirect.key.in_(gone)))


def erase_references(
    session: Session, search: ContentSearch, page_id: int, asked: ErasureScope, by: User
) -> ErasedReferences:
    """Take the phrase out of files and, when asked for everywhere, out of all that people and the
    wiki are called and explained by. Raises `StoreUnavailable`.
    """
    phrase = search.phrase
    files = find_files_with(session, search, None if asked.is_everywhere else page_id)
    beside = _erase_in_files(session, phrase, files, asked, by)
    if not asked.is_everywhere:
        return beside
    people = session.execute(select(User.username, User.email).order_by(User.username_key))
    named = [row.username for row in people if phrase.is_in([row.username, row.email or ""])]
    return replace(beside, people=named, notes=_erase_in_notes(session, phrase))


def _erase_in_files(
    session: Session,
    phrase: ErasedPhrase,
    files: list[FileMatch],
    asked: ErasureScope,
    by: User,
) -> ErasedReferences:
    names = versions = left = 0
    released: set[str] = set()
    locked = lock_files(session, [file.id for file in files])
    for file in files:
        names += redact_names(session, locked[file.id], phrase)
        chosen = {each.hash for each in file.contents if _is_chosen(each.key, asked)}
        left += len(file.contents) - len(chosen)
        if chosen:
            versions += erase_contents(session, locked[file.id], chosen, by.id)
            released |= chosen
        if chosen or file.is_in_name or file.is_in_former_names:
            append_version(session, locked[file.id], "erase", by.id)
    gone = release_contents(session, released)
    held = select(FileVersion.content_hash).where(FileVersion.content_hash.in_(released))
    shared = len(set(session.scalars(held)))
    _invalidate_cached_pages(session)
    return ErasedReferences(
        files=files,
        names=names,
        versions=versions,
        left=left,
        shared=shared,
        released=frozenset(gone),
    )


def _is_chosen(key: str, asked: ErasureScope) -> bool:
    return asked.with_files and (asked.contents is None or key in asked.contents)


def _erase_in_notes(session: Session, phrase: ErasedPhrase) -> int:
    """Invitations, what the wiki calls itself, logs, reasons of former erasures, devices."""
    tombstones = select(Text).where(Text.erased_at.is_not(None))
    places: list[tuple[Any, tuple[str, ...]]] = [
        (tombstones, ("erased_why",)),
        (select(Invitation), ("note",)),
        (select(Hub), _HUB_FIELDS),
        (select(AuditEvent), ("subject",)),
        (select(LoginSession), ("device",)),
    ]
    return sum(
        _redact(row, names, phrase) for query, names in places for row in session.scalars(query)
    )


def _redact(row: Any, names: Sequence[str], phrase: ErasedPhrase) -> bool:
    held = [name for name in names if phrase.is_in(getattr(row, name))]
    for name in held:
        setattr(row, name, phrase.redacted(getattr(row, name)))
    return bool(held)


def _invalidate_cached_pages(session: Session) -> None:
    """Pages that processes keep finished may show names of files: a new identity drops them all."""
    changed: Any = session.execute(update(Hub).values(version=Hub.version + 1))
    if not changed.rowcount:
        session.add(Hub(id=1, version=1))
        session.flush()
