"""Erases texts permanently, such as secrets and personal data.

A text is stored once for all revisions that contain it, so deleting its row erases it from all of
them. They get a tombstone, which says who erased it, when, and why.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.models import User
from wiki.database import FOR_CHANGE, db, overwrite_deleted, utcnow, write_transaction
from wiki.files.erasure.erase import delete_contents
from wiki.files.erasure.phrase_search import ContentSearch, find_files_with
from wiki.i18n import lazy as _l
from wiki.identity.current import forget_identity
from wiki.markup import render
from wiki.pages.erasure.erase_references import (
    ErasedReferences,
    delete_redirects,
    erase_in_drafts,
    erase_references,
    is_in_path,
)
from wiki.pages.erasure.purge import purge
from wiki.pages.erasure.request import ErasureRequest
from wiki.pages.erasure.text_holders import erase_in_text_holders
from wiki.pages.errors import PageNotFound, RevisionErased, RevisionNotFound
from wiki.pages.models import TOMBSTONE, Page, Revision, Text
from wiki.pages.presentation.old_renderings import delete_old_renderings
from wiki.pages.writing.content import Content, clean_summary, clean_tags
from wiki.pages.writing.derived_data import derive
from wiki.pages.writing.revision_store import append_revision, load_content
from wiki.pages.writing.text_store import clean_text, decompress_text
from wiki.redact import ErasedPhrase
from wiki.search.outbox import announce

ERASED_TEXT = "*The text of this page was erased.*\n"
MIN_PHRASE_LENGTH = 4  # characters; a shorter phrase is in nearly every text

register_actions({"erase": _l("Text erased from a page")})


class ReasonMissing(ValueError):
    """An erasure needs a reason, which the tombstone shows."""


class PhraseTooShort(ValueError):
    """The phrase is shorter than `MIN_PHRASE_LENGTH` and would erase nearly everything."""


@dataclass(frozen=True, slots=True)
class ErasureResult:
    """The numbers of the page’s erased revisions, and the number of those of other pages.

    `is_in_path` means that the phrase is in the page’s path, which only renaming changes;
    `other_paths` are those of other pages. `undeleted` counts the contents of files that could not
    be deleted from the store now.
    """

    numbers: Sequence[int]
    elsewhere: int = 0
    is_in_path: bool = False
    other_paths: Sequence[str] = ()
    references: ErasedReferences = field(default_factory=ErasedReferences)
    undeleted: int = 0


class _PreviewDone(Exception):
    """Rolls back the transaction of a preview."""

    def __init__(self, erased: ErasureResult) -> None:
        super().__init__()
        self.erased = erased


@dataclass(frozen=True, slots=True)
class _Matches:
    """Texts to delete, revisions that contain them, and revisions with the phrase in their
    metadata.
    """

    hashes: set[str]
    revisions: Sequence[Any]
    altered: Sequence[Any]


def erase_revision(page_id: int, erasure: ErasureRequest, *, by: User) -> ErasureResult:
    """Erase the text of a revision, and the phrase everywhere in the page or the wiki.

    If the current text of a page is erased, it gets a new revision: the same text with the phrase
    redacted; without a phrase, its newest remaining text, or else a line that says what happened.
    Drafts based on an erased revision are deleted; in all others the phrase is redacted. Works on
    deleted pages, too.

    Raises `ReasonMissing`, `PhraseTooShort`, `PageNotFound`, `RevisionNotFound`, `RevisionErased`,
    `StoreUnavailable`.
    """
    erasure = _checked(erasure)
    if not erasure.why:
        raise ReasonMissing
    search = _search(page_id, erasure)
    with write_transaction() as session:
        erased = _erase(session, page_id, erasure, by, search)
    forget_identity()
    undeleted = delete_contents(erased.references.released)
    purge()
    return replace(erased, undeleted=undeleted)


def preview_erasure(page_id: int, erasure: ErasureRequest, *, by: User) -> ErasureResult:
    """What `erase_revision` would do; it is carried out and rolled back.

    Raises the same errors except `ReasonMissing`.
    """
    erasure = _checked(erasure)
    search = _search(page_id, erasure)
    try:
        with write_transaction() as session:
            raise _PreviewDone(_erase(session, page_id, erasure, by, search))
    except _PreviewDone as looked:
        return looked.erased


def _search(page_id: int, erasure: ErasureRequest) -> ContentSearch | None:
    """The contents of files with the phrase, searched before the transaction since it may take
    long.
    """
    phrase = erasure.phrase
    if phrase is None:
        return None
    search = ContentSearch(phrase)
    find_files_with(db.session(), search, None if erasure.is_everywhere else page_id)
    return search


def _erase(
    session: Session, page_id: int, erasure: ErasureRequest, by: User, search: ContentSearch | None
) -> ErasureResult:
    overwrite_deleted(session)
    phrase = erasure.phrase
    pages = _lock_pages(session, page_id, erasure)
    found = _find_matches(session, page_id, list(pages), erasure)
    contents = _doomed_contents(session, pages, found)
    drafts = erase_in_drafts(session, found.hashes, phrase)
    held = erase_in_text_holders(session, found.hashes, phrase)
    _replace_with_tombstone(session, found.hashes, by, erasure.why)
    searched = {page_id: pages[page_id]} if not erasure.is_everywhere else pages
    if phrase:
        _rename_deleted(searched, phrase)
        for row in found.altered:
            _redact_revision(session, row, pages[row.page_id], phrase)
    references = ErasedReferences()
    if search:
        references = erase_references(session, search, page_id, erasure, by)
    for id_, content in contents.items():
        _replace_current(session, pages[id_], content, by, erasure)
    if phrase:
        # Last, since changing a title leaves a redirect.
        delete_redirects(session, phrase)
    delete_old_renderings(session)
    # The index only knows the current text, but copies of the history need the news.
    announce(session, page_id, None, "visibility")
    page = pages[page_id]
    subject = page.path if phrase is None else phrase.redacted(page.path)
    log_event(session, "erase", by=by.id, subject=f"{subject}: {erasure.why}")
    numbers = [row.number for row in found.revisions if row.page_id == page_id]
    in_paths = [each for each in searched.values() if phrase and is_in_path(phrase, each.path)]
    return ErasureResult(
        sorted(numbers),
        elsewhere=len(found.revisions) - len(numbers),
        is_in_path=page in in_paths,
        other_paths=[each.path for each in in_paths if each is not page],
        references=replace(references, drafts=drafts, held=held),
    )


def _checked(erasure: ErasureRequest) -> ErasureRequest:
    containing = clean_text(erasure.containing).strip()
    why = clean_summary(erasure.why)
    if containing and len(containing) < MIN_PHRASE_LENGTH:
        raise PhraseTooShort
    erasure = replace(erasure, containing=containing, why=why)
    # The reason may contain the phrase.
    return replace(erasure, why=erasure.phrase.redacted(why)) if erasure.phrase else erasure


def _lock_pages(session: Session, page_id: int, erasure: ErasureRequest) -> dict[int, Page]:
    """Lock the page, and every page that may contain one of its texts or the phrase; returns them
    by id.

    Locked in order of id, or two erasures could deadlock.
    """
    query = select(Page).order_by(Page.id).with_for_update(**FOR_CHANGE)
    query = query.execution_options(populate_existing=True)
    if not (erasure.containing and erasure.is_everywhere):
        own = select(Revision.text_hash).where(Revision.page_id == page_id)
        query = query.where(
            Page.id.in_(select(Revision.page_id).where(Revision.text_hash.in_(own)))
        )
    pages = {page.id: page for page in session.scalars(query)}
    if page_id not in pages:
        raise PageNotFound
    return pages


def _find_matches(
    session: Session, page_id: int, page_ids: list[int], erasure: ErasureRequest
) -> _Matches:
    phrase = erasure.phrase
    hashes: set[str] = set()
    altered: list[Any] = []
    chosen = None
    searched = page_ids if erasure.is_everywhere else [page_id]
    only = None if phrase else erasure.number
    for row in _revisions(session, searched if phrase else [page_id], only):
        is_chosen = (row.page_id, row.number) == (page_id, erasure.number)
        chosen = row if is_chosen else chosen
        if row.erased_at is None and (
            is_chosen or (phrase and phrase.is_in(decompress_text(row.body, row.is_compressed)))
        ):
            hashes.add(row.text_hash)
        metadata = (row.title, row.author_name or "", row.summary, row.tags, row.fields)
        if phrase and (phrase.is_in(metadata) or is_in_path(phrase, row.path)):
            altered.append(row)
    if chosen is None:
        raise RevisionNotFound
    if not hashes and not altered:
        raise RevisionErased
    revisions = session.execute(
        select(Revision.page_id, Revision.number).where(Revision.text_hash.in_(hashes))
    ).all()
    return _Matches(hashes, revisions, altered)


def _revisions(session: Session, page_ids: list[int], number: int | None) -> Iterator[Any]:
    """The revisions of these pages, page by page, since together they may not fit into memory.

    Only those with this `number`, if one is given.
    """
    query = select(
        Revision.id,
        Revision.page_id,
        Revision.number,
        Revision.title,
        Revision.path,
        Revision.author_name,
        Revision.summary,
        Revision.tags,
        Revision.fields,
        Revision.text_hash,
        Text.body,
        Text.is_compressed,
        Text.erased_at,
    ).join(Text, Text.hash == Revision.text_hash)
    if number is not None:
        query = query.where(Revision.number == number)
    for page_id in page_ids:
        yield from session.execute(query.where(Revision.page_id == page_id))


def _doomed_contents(
    session: Session, pages: dict[int, Page], found: _Matches
) -> dict[int, tuple[Content, bool]]:
    """Contents of pages with a matching current revision, and whether that revision’s text is
    deleted.
    """
    doomed = {(row.page_id, row.number): True for row in found.revisions}
    doomed = {(row.page_id, row.number): False for row in found.altered} | doomed
    return {
        page.id: (load_content(session, page.id, page.revision_count), is_text)
        for page in pages.values()
        if (is_text := doomed.get((page.id, page.revision_count))) is not None
    }


def _replace_with_tombstone(session: Session, hashes: set[str], by: User, why: str) -> None:
    """Have all revisions with these texts refer to one tombstone, and delete the texts."""
    if not hashes:
        return
    # Not the hash of the text, so that the same text can be stored again later.
    tombstone = Text(
        hash=f"{TOMBSTONE}{token_hex(16)}",
        body=b"",
        is_compressed=False,
        size=0,
        erased_at=utcnow(),
        erased_by_id=by.id,
        erased_why=why,
    )
    session.add(tombstone)
    session.flush()
    session.execute(
        update(Revision)
        .where(Revision.text_hash.in_(hashes))
        .values(text_hash=tombstone.hash, summary="", tags=[], fields={}, size=0)
    )
    session.execute(delete(Text).where(Text.hash.in_(hashes)))


def _redact_revision(session: Session, row: Any, page: Page, phrase: ErasedPhrase) -> None:
    """Redact the phrase in the metadata of a revision."""
    revision = session.get_one(Revision, row.id, populate_existing=True)
    for name in ("title", "author_name", "summary", "tags", "fields"):
        setattr(revision, name, phrase.redacted(getattr(revision, name)))
    if is_in_path(phrase, revision.path):
        revision.path = page.path


def _rename_deleted(pages: dict[int, Page], phrase: ErasedPhrase) -> None:
    """Redact the phrase in the paths of deleted pages, which nobody can rename or link to."""
    for page in pages.values():
        if page.deleted_at is not None and is_in_path(phrase, page.path):
            page.path = page.key = f"erased-{page.id}"


def _replace_current(
    session: Session, page: Page, doomed: tuple[Content, bool], by: User, erasure: ErasureRequest
) -> None:
    """Append a revision without the erased text."""
    before, is_text_erased = doomed
    phrase = erasure.phrase
    text: str | None = before.text
    if is_text_erased:
        text = phrase.redacted(before.text) if phrase and phrase.is_in(before.text) else None
    if text is None:
        content = _newest_left(session, page) or Content(before.title, ERASED_TEXT, before.kind)
    else:
        content = replace(before, text=text)
    if phrase:
        content = Content(
            phrase.redacted(content.title),
            content.text,
            content.kind,
            clean_tags(phrase.redacted(content.tags)),
            phrase.redacted(content.fields),
        )
    derived = derive(render(content.text, path=page.path))
    append_revision(session, page, content, derived, by=by, action="erase", summary=erasure.why)


def _newest_left(session: Session, page: Page) -> Content | None:
    number = session.scalar(
        select(Revision.number)
        .join(Text, Text.hash == Revision.text_hash)
        .where(Revision.page_id == page.id, Text.erased_at.is_(None))
        .order_by(Revision.number.desc())
        .limit(1)
    )
    return load_content(session, page.id, number) if number else None
