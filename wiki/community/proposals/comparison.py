"""Compares a part of a proposal with its page: the current revision, or the base revision."""

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
    """The change from `before`, revision `number` of the page, to `after`.

    `conflicts` counts places that were changed differently meanwhile; there, `after` has the
    proposed text. `is_behind`: the page was changed since the proposal was written.
    """

    before: Content
    after: Content
    number: int | None = None
    conflicts: int = 0
    is_behind: bool = False

    @property
    def diff(self) -> Diff:
        """The diff of the texts, computed on each call; see `details` for the rest."""
        return diff_texts(self.before.text, self.after.text)

    def details(self) -> list[MetadataChange]:
        """The differences in title, kind, tags, fields and path."""
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
        """The metadata of `content`."""
        return cls(content.title, content.kind, content.tags, content.fields)


def is_overtaken(part: ProposalPage, page: Page) -> bool:
    """Whether the page was changed since its deletion, or renamed since its rename, was proposed.

    Updates of links don't count as changes.
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
    """The page's path at the part's base revision; `None` if unknown."""
    base = and_(Revision.page_id == page.id, Revision.number == (part.base_revision or 0))
    found: str | None = db.session.scalar(select(Revision.path).where(base))
    return found


def compare_with_now(part: ProposalPage, page: Page) -> Comparison:
    """What accepting the part would change now. The page must not be deleted."""
    return compare_with_revision(part, page, page.revision_count)


def compare_with_revision(part: ProposalPage, page: Page, number: int) -> Comparison:
    """What accepting the part changes, or would have changed, on revision `number` of its page.

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
    """What the part changed in its base revision."""
    base = load_content_or_empty(db.session(), page.id, part.base_revision)
    return Comparison(base, content_of(part), part.base_revision)
