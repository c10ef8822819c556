"""Personal data that pages store about a user: drafts and authorship."""

from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from flask_babel import ngettext
from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session, aliased

from wiki.access.permissions import current_viewer, history_visible_to
from wiki.accounts.merging.references import AccountMerge, Reference, execute, lesser, moves, unites
from wiki.accounts.privacy.personal_data import as_json
from wiki.database import db
from wiki.pages.erasure.erase_references import invalidate_cached_pages
from wiki.pages.models import Draft, Page, ReviewMark, Revision, Text
from wiki.pages.writing.text_store import decompress_text
from wiki.search.outbox import announce, announce_past

_DRAFT = (
    *(Draft.title, Draft.path, Draft.kind, Draft.status, Draft.tags, Draft.summary),
    Draft.fields,
    *(Draft.section, Draft.base_revision, Draft.saved_at, Draft.text),
)
_REVISION = (
    *(Revision.path, Revision.number, Revision.action, Revision.created_at, Revision.title),
    *(Revision.kind, Revision.tags, Revision.fields, Revision.summary, Revision.is_minor),
    Revision.text_hash,
)


def _move_drafts(session: Session, merge: AccountMerge) -> None:
    """Move the drafts to the target account; of two drafts of one editor, the source’s gets a new
    key.
    """
    other = aliased(Draft)
    of_source = update(Draft).where(Draft.user_id == merge.source)
    is_double = exists().where(other.user_id == merge.target, other.target == Draft.target)
    apart = Draft.target + f":merged-{merge.source}"
    execute(session, of_source.where(is_double).values(target=apart))
    execute(session, of_source.values(user_id=merge.target))


REFERENCES = (
    moves(
        Revision.author_id,
        lambda count: ngettext("%(num)s change of pages", "%(num)s changes of pages", count),
    ),
    moves(Revision.accepted_by_id),
    moves(Page.updated_by_id),
    moves(Page.deleted_by_id),
    moves(Text.erased_by_id),
    unites(
        ReviewMark.user_id,
        [ReviewMark.revision_id],
        {ReviewMark.looked_at: lesser},
        lambda count: ngettext("%(num)s reviewed change", "%(num)s reviewed changes", count),
    ),
    Reference(
        Draft.user_id,
        _move_drafts,
        lambda count: ngettext("%(num)s draft", "%(num)s drafts", count),
    ),
)


class PagesOfPerson:
    """Implements `wiki.accounts.privacy.personal_data.PersonalData` for pages."""

    def export(self, person_id: int) -> Iterator[tuple[str, IO[bytes]]]:
        """Yields `drafts.json`, the person’s revisions, and each of their texts once, named by its
        hash.
        """
        drafts = db.session.execute(select(*_DRAFT).where(Draft.user_id == person_id))
        yield "drafts.json", as_json([dict(row) for row in drafts.mappings()])
        rows = db.session.execute(_own_revisions(person_id)).mappings().all()
        hashes = dict.fromkeys(row["text_hash"] for row in rows)
        for hash_ in hashes:
            text = db.session.get_one(Text, hash_)
            if text.erased_at is None:
                body = decompress_text(text.body, text.is_compressed)
                yield f"texts/{hash_}.md", BytesIO(body.encode())
            db.session.expunge(text)
        yield "revisions.json", as_json([dict(row) for row in rows])

    def forget(self, session: Session, person_id: int) -> None:
        """Delete the drafts, and do what `rename` does, in the caller’s transaction."""
        session.execute(delete(Draft).where(Draft.user_id == person_id))
        self.rename(session, person_id)

    def rename(self, session: Session, person_id: int) -> None:
        """Have everything that shows the name renewed: the index, cached pages and copies of
        histories.
        """
        announce_past(session)
        for page_id in session.scalars(select(Page.id).where(Page.updated_by_id == person_id)):
            announce(session, page_id, None, "visibility")
        invalidate_cached_pages(session)


def _own_revisions(person_id: int) -> Any:
    is_visible = history_visible_to(current_viewer(), Page)
    query = select(*_REVISION).join(Page, Page.id == Revision.page_id)
    return query.where(Revision.author_id == person_id, is_visible).order_by(Revision.id)
