"""Erases a phrase outside of the texts of pages: in drafts, files, redirects, notes and logs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from wiki.accounts.models import AuditEvent, Invitation, LoginSession, User
from wiki.accounts.passkeys.models import Passkey
from wiki.accounts.tokens.models import AccessToken
from wiki.files.erasure.erase import erase_contents, redact_names, release_contents
from wiki.files.erasure.phrase_search import ContentSearch, FileMatch, find_files_with
from wiki.files.models import FileVersion
from wiki.files.write import append_version, lock_files
from wiki.identity.models import Hub
from wiki.markup.headings import slug_of_heading
from wiki.naming import path_key
from wiki.pages.erasure.request import ErasureRequest
from wiki.pages.models import Draft, Redirect, Revision, Text
from wiki.redact import REDACTION, ErasedPhrase

# What people type, and what is derived from it.
_DRAFT_FIELDS = ("title", "path", "section", "text", "status", "tags", "summary", "fields")
_HUB_FIELDS = ("name", "tagline", "welcome")


@dataclass(frozen=True, slots=True)
class ErasedReferences:
    """How many drafts, file names, file versions and other notes an erasure changed.

    `files` are the files that contained the phrase, as they were; `left` counts contents that were
    not chosen, `shared` those that other files have, too. `people` have the phrase in their name or
    e-mail address, which are not changed. `released` are hashes of contents that the store may
    delete.
    """

    drafts: int = 0
    held: int = 0  # proposals, comments and the like
    names: int = 0
    versions: int = 0
    notes: int = 0
    files: Sequence[FileMatch] = ()
    left: int = 0
    shared: int = 0
    people: Sequence[str] = ()
    released: frozenset[str] = frozenset()


def is_in_path(phrase: ErasedPhrase, path: str) -> bool:
    """Whether a path contains the phrase, literally or as a path made from it."""
    key = path_key(phrase.text)
    return phrase.is_in(path) or (len(key) > 3 and ErasedPhrase(key, in_any_case=True).is_in(path))


def is_in_heading(phrase: ErasedPhrase, heading: str) -> bool:
    """Whether the id of a heading contains the phrase, literally or as an id made from it."""
    slug = slug_of_heading(phrase.text)
    return phrase.is_in(heading) or (len(slug) > 3 and slug in heading)


def erase_in_drafts(session: Session, hashes: Collection[str], phrase: ErasedPhrase | None) -> int:
    """Delete drafts based on the texts, and redact the phrase in all others; returns how many
    changed.
    """
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
        is_withheld = _redact(draft, _DRAFT_FIELDS, phrase)
        if is_in_heading(phrase, draft.section):
            draft.section, is_withheld = REDACTION, True
        if phrase.is_in(draft.target) or (key and key in draft.target):  # derived from the title
            draft.target = f"new:{draft.id}"
            is_withheld = True
        count += is_withheld
    return count


def delete_redirects(session: Session, phrase: ErasedPhrase) -> None:
    """Delete redirects from former paths and titles that contain the phrase."""
    paths = session.execute(select(Redirect.key, Redirect.path)).all()
    gone = [row.key for row in paths if is_in_path(phrase, row.path)]
    session.execute(delete(Redirect).where(Redirect.key.in_(gone)))


def erase_references(
    session: Session, search: ContentSearch, page_id: int, erasure: ErasureRequest, by: User
) -> ErasedReferences:
    """Erase the phrase in files and, if it is to be erased everywhere, in notes and logs.

    Raises `StoreUnavailable`.
    """
    phrase = search.phrase
    files = find_files_with(session, search, None if erasure.is_everywhere else page_id)
    erased = _erase_in_files(session, phrase, files, erasure, by)
    if not erasure.is_everywhere:
        return erased
    people = session.execute(select(User.username, User.email).order_by(User.username_key))
    named = [row.username for row in people if phrase.is_in([row.username, row.email or ""])]
    return replace(erased, people=named, notes=_erase_in_notes(session, phrase))


def _erase_in_files(
    session: Session,
    phrase: ErasedPhrase,
    files: list[FileMatch],
    erasure: ErasureRequest,
    by: User,
) -> ErasedReferences:
    names = versions = left = 0
    released: set[str] = set()
    locked = lock_files(session, [file.id for file in files])
    for file in files:
        names += redact_names(session, locked[file.id], phrase)
        chosen = {each.hash for each in file.contents if _is_chosen(each.key, erasure)}
        left += len(file.contents) - len(chosen)
        if chosen:
            versions += erase_contents(session, locked[file.id], chosen, by.id)
            released |= chosen
        if chosen or file.is_in_name or file.is_in_former_names:
            append_version(session, locked[file.id], "erase", by.id)
    gone = release_contents(session, released)
    held = select(FileVersion.content_hash).where(FileVersion.content_hash.in_(released))
    shared = len(set(session.scalars(held)))
    invalidate_cached_pages(session)
    return ErasedReferences(
        files=files,
        names=names,
        versions=versions,
        left=left,
        shared=shared,
        released=frozenset(gone),
    )


def _is_chosen(key: str, erasure: ErasureRequest) -> bool:
    return erasure.with_files and (erasure.contents is None or key in erasure.contents)


def _erase_in_notes(session: Session, phrase: ErasedPhrase) -> int:
    """Redact it in invitations, texts of the wiki, logs, reasons of erasures and devices."""
    tombstones = select(Text).where(Text.erased_at.is_not(None))
    places: list[tuple[Any, tuple[str, ...]]] = [
        (tombstones, ("erased_why",)),
        (select(Invitation), ("note",)),
        (select(Hub), _HUB_FIELDS),
        (select(AuditEvent), ("subject",)),
        (select(LoginSession), ("device",)),
        (select(AccessToken), ("name",)),
        (select(Passkey), ("name",)),
    ]
    return sum(
        _redact(row, names, phrase) for query, names in places for row in session.scalars(query)
    )


def _redact(row: Any, names: Sequence[str], phrase: ErasedPhrase) -> bool:
    held = [name for name in names if phrase.is_in(getattr(row, name))]
    for name in held:
        setattr(row, name, phrase.redacted(getattr(row, name)))
    return bool(held)


def invalidate_cached_pages(session: Session) -> None:
    """Invalidate all cached pages by a new identity version, as they may show names of files."""
    changed: Any = session.execute(update(Hub).values(version=Hub.version + 1))
    if not changed.rowcount:
        session.add(Hub(id=1, version=1))
        session.flush()
