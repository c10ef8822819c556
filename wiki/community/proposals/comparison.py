"""What a part of a proposal would change in its page as it is now, or changed in its base."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from wiki.community.proposals.models import PartAction, ProposalPage
from wiki.community.proposals.proposing.parts import content_of
from wiki.database import db
from wiki.pages.diffing.diff import Diff, diff_texts
from wiki.pages.history.metadata_diff import MetadataChange, metadata_changes
from wiki.pages.models import Page, Revision
from wiki.pages.writing.content import Content, merge_contents
from wiki.pages.writing.revision_store import load_content, load_content_or_empty


@dataclass(frozen=True, slots=True)
class Comparison:
    """From `before`, revision `number` of the page, to `after`.

    `conflicts` counts places that were changed otherwise meanwhile; `after` has there what was
    proposed. `is_behind` says that the page was changed since the proposal was begun.
    """

    before: Content
    after: Content
    number: int | None = None
    conflicts: int = 0
    is_behind: bool = False

    @property
    def diff(self) -> Diff:
        """The difference of the texts alone; the other fields are compared elsewhere.

        Computed each time.
        """
        return diff_texts(self.before.text, self.after.text)

    def details(self) -> list[MetadataChange]:
        """What differs beside the text."""
        return metadata_changes(_Described.of(self.before), _Described.of(self.after))


@dataclass(frozen=True, slots=True)
class _Described:
    title: str
    kind: str
    tags: Sequence[str]
    fields: Mapping[str, Any]
    path: str = ""

    @classmethod
    def of(cls, content: Content) -> "_Described":
        return cls(content.title, content.kind, content.tags, content.fields)


def is_overtaken(part: ProposalPage, page: Page) -> bool:
    """Whether a page was changed after its deletion was proposed, or moved after its renaming was.

    Links that were updated are no change.
    """
    if part.action == PartAction.DELETE:
        later = select(Revision.id).where(
            Revision.page_id == page.id,
            Revision.number > (part.base_revision or 0),
            Revision.cause_id.is_(None),
        )
        return db.session.scalar(later.limit(1)) is not None
    if part.action != PartAction.RENAME:
        return False
    return page.path not in (part.path, path_before(part, page))


def path_before(part: ProposalPage, page: Page) -> str | None:
    """Where the page was at the revision that the part was begun from."""
    base = and_(Revision.page_id == page.id, Revision.number == (part.base_revision or 0))
    found: str | None = db.session.scalar(select(Revision.path).where(base))
    return found


def compare_with_now(part: ProposalPage, page: Page) -> Comparison:
    """What accepting the part would change in its page, which isn't deleted."""
    return compare_with_revision(part, page, page.revision_count)


def compare_with_revision(part: ProposalPage, page: Page, number: int) -> Comparison:
    """What accepting the part changes, or would have changed, on top of a revision of its page.

    Raises `RevisionNotFound`, `RevisionErased`.
    """
    session = db.session()
    now = load_content(session, page.id, number)
    if part.base_revision == number:
        return Comparison(now, content_of(part), number)
    base = load_content_or_empty(session, page.id, part.base_revision)
    merged, merge = merge_contents(base, content_of(part), now)
    return Comparison(now, merged, number, len(merge.conflicts), is_behind=True)


def compare_with_base(part: ProposalPage, page: Page) -> Comparison:
    """What the part changed in the revision that it was begun from."""
    base = load_content_or_empty(db.session(), page.id, part.base_revision)
    return Comparison(base, content_of(part), part.base_revision)
