"""Who may see and do what: lists, counts, search, feeds, links, diffs and raw texts ask here.

`access` is below `pages`, so it knows a page by the columns that matter here, not by its
class: `visible_to` takes the class or an alias of it, `can_read` any object that has them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask_login import current_user
from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from wiki.accounts.models import Role
from wiki.app_state import current_settings

REVIEWERS = (Role.MENTOR, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who makes a request: a user's id and role, or an anonymous reader."""

    user_id: int | None = None
    role: str | None = None
    is_reading_public: bool = True

    @property
    def is_member(self) -> bool:
        return self.user_id is not None

    @property
    def may_read(self) -> bool:
        """Whether this viewer may read the wiki at all."""
        return self.is_member or self.is_reading_public


class Readable(Protocol):
    """What permissions depend on, of a page."""

    @property
    def deleted_at(self) -> datetime | None: ...
    @property
    def deleted_by_id(self) -> int | None: ...


class ReadableColumns(Protocol):
    """The same as columns, of the page class or an alias of it."""

    @property
    def deleted_at(self) -> InstrumentedAttribute[datetime | None]: ...
    @property
    def deleted_by_id(self) -> InstrumentedAttribute[int | None]: ...


def current_viewer() -> Viewer:
    """The viewer of the current request."""
    is_public = current_settings().public_reading
    if not current_user.is_authenticated:
        return Viewer(is_reading_public=is_public)
    return Viewer(current_user.id, current_user.role, is_public)


def visible_to(
    viewer: Viewer, page: type[ReadableColumns] | ReadableColumns
) -> ColumnElement[bool]:
    """The pages that exist for `viewer`, as a condition on the page's columns.

    Deleted pages exist for nobody; `can_undelete` says who may bring one back, and
    `history_visible_to` does for lists.
    """
    if not viewer.may_read:
        return false()
    condition: ColumnElement[bool] = page.deleted_at.is_(None)  # type: ignore[union-attr]
    return condition


def can_read(viewer: Viewer, page: Readable) -> bool:
    """`visible_to` in Python."""
    return viewer.may_read and page.deleted_at is None


def can_edit(viewer: Viewer) -> bool:
    return viewer.role in (Role.LEARNER, Role.MENTOR, Role.ADMIN)


def can_review(viewer: Viewer) -> bool:
    """Mark changes as reviewed, see who else did, undo everything that one person changed."""
    return viewer.role in REVIEWERS


def can_delete(viewer: Viewer) -> bool:
    """A deletion is part of the page's history and undone with one click, so learners may."""
    return can_edit(viewer)


def can_undelete(viewer: Viewer, page: Readable) -> bool:
    """Reviewers may, and the learner who deleted it."""
    if page.deleted_at is None or not can_edit(viewer):
        return False
    return can_review(viewer) or page.deleted_by_id == viewer.user_id


def history_visible_to(
    viewer: Viewer, page: type[ReadableColumns] | ReadableColumns
) -> ColumnElement[bool]:
    """The pages whose history `viewer` may see: `visible_to` and `can_undelete` as one condition.

    For lists of changes; everywhere else a deleted page is gone for them too.
    """
    if not can_edit(viewer):
        return visible_to(viewer, page)
    if can_review(viewer):
        return true()
    is_theirs: ColumnElement[bool] = page.deleted_by_id == viewer.user_id  # type: ignore[assignment]
    return or_(visible_to(viewer, page), is_theirs)


def can_administer(viewer: Viewer) -> bool:
    return viewer.role == Role.ADMIN
