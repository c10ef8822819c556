"""Who may see and do what. Lists, counts, search, feeds, links, diffs and raw texts all ask here.

What a viewer may do with a page follows from the rule that applies to it (`access.models`),
their rank and their groups. `access` is a layer below `pages`, so it knows pages by the columns
that matter here rather than by class: conditions take the class or an alias of it, functions
take any object with these attributes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask_login import current_user
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    SQLColumnExpression,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from wiki.access.models import RANK_OF_ROLE, ROOT_RULE_ID, AccessGrant, AccessRule, Level, Rank
from wiki.access.rulebook import Rule, last_rules, rulebook
from wiki.accounts.models import Membership, Role
from wiki.accounts.tokens.models import TokenScope
from wiki.app_state import AppState, current_settings
from wiki.hub_settings.models import AccessVersion
from wiki.naming import path_key

REVIEWERS = (Role.MENTOR, Role.ADMIN)
# Whether edits by the user with this id are reviewed first; set by `community.proposals`.
EDIT_REVIEW = AppState[Callable[[int], bool]]("edit_review", lambda: lambda _user_id: False)
_NOBODY = -1  # below every rank
_NEVER = -1  # not a version of the rules


@dataclass(frozen=True, slots=True)
class Viewer:
    """The user of a request with their id, role and group ids, or an anonymous reader.

    Blocked users can read what an anonymous reader can, and can’t write.
    """

    user_id: int | None = None
    role: str | None = None
    is_reading_public: bool = True
    groups: frozenset[int] = frozenset()
    is_administering: bool = True  # false for an access token without this scope
    is_blocked: bool = False
    is_on_review: bool = False  # their edits become proposals

    @property
    def is_member(self) -> bool:
        """Whether they are signed in, blocked or not."""
        return self.user_id is not None

    @property
    def may_read(self) -> bool:
        """Whether they may read the wiki at all."""
        return (self.is_member and not self.is_blocked) or self.is_reading_public

    @property
    def grantee_id(self) -> int | None:
        """The id of the user whose groups count; `None` if none do."""
        return None if self.is_blocked else self.user_id

    @property
    def rank(self) -> int:
        """The rank to compare with those of rules; below all of them if they may read nothing."""
        return RANK_OF_ROLE[Role(self.role) if self.role else None] if self.may_read else _NOBODY

    @property
    def bindings(self) -> dict[str, Any]:
        """Values for the parameters of `visible_to_bound`."""
        return {
            "viewer_rank": int(self.rank),
            "viewer_id": self.grantee_id,
            "all_as_of": _all_as_of(self, Level.READ),
        }


class Governed(Protocol):
    """Something that an access rule applies to."""

    @property
    def rule_id(self) -> int:
        """The id of the access rule that applies."""


class Deletable(Protocol):
    """Something that can be deleted and restored."""

    @property
    def deleted_at(self) -> datetime | None:
        """When it was deleted, in UTC; `None` if it wasn’t."""

    @property
    def deleted_by_id(self) -> int | None:
        """The id of the user who deleted it."""


class Readable(Governed, Deletable, Protocol):
    """The attributes of a page that permissions depend on."""


class ReadableColumns(Protocol):
    """The same attributes as columns of the page class or of an alias."""

    @property
    def deleted_at(self) -> InstrumentedAttribute[datetime | None]:
        """The column with the time of deletion."""

    @property
    def deleted_by_id(self) -> InstrumentedAttribute[int | None]:
        """The column with the id of the user who deleted it."""

    @property
    def rule_id(self) -> InstrumentedAttribute[int]:
        """The column with the id of the rule that applies."""


def current_viewer() -> Viewer:
    """The viewer of the current request, by session or access token; otherwise anonymous."""
    if not current_user.is_authenticated:
        return anonymous_viewer()
    by, is_public = current_user, current_settings().public_reading
    if by.is_blocked:
        return Viewer(by.id, None, is_public, is_administering=False, is_blocked=True)
    is_administering = by.scope in (None, TokenScope.ADMIN)
    is_on_review = by.role not in REVIEWERS and EDIT_REVIEW.current()(by.id)
    return Viewer(by.id, by.role, is_public, by.groups, is_administering, is_on_review=is_on_review)


def anonymous_viewer() -> Viewer:
    """A viewer who isn’t signed in."""
    return Viewer(is_reading_public=current_settings().public_reading)


# Seeing


def visible_to(
    viewer: Viewer, page: type[ReadableColumns] | ReadableColumns
) -> ColumnElement[bool]:
    """The condition, on the page’s columns, that a page exists for `viewer`.

    Deleted pages exist for nobody; `can_undelete` decides who may restore one, and
    `history_visible_to` covers lists of changes.
    """
    if not viewer.may_read:
        return false()
    return and_(_is_live(page), _is_allowed(page, Level.READ, viewer))


def visible_to_bound(page: type[ReadableColumns] | ReadableColumns) -> ColumnElement[bool]:
    """`visible_to` for a statement that is built once; pass a viewer’s `bindings` with it."""
    rank: BindParameter[Any] = bindparam("viewer_rank")
    user_id: BindParameter[Any] = bindparam("viewer_id")
    follows = _follows_rules(page, Level.READ, rank, user_id)
    return and_(_is_live(page), or_(_is_version(bindparam("all_as_of")), follows))


def can_read(viewer: Viewer, page: Readable) -> bool:
    """`visible_to` for a page that is already loaded."""
    return page.deleted_at is None and page.rule_id in readable_rules(viewer)


def reads_everything(viewer: Viewer) -> bool:
    """Whether no rule hides anything from `viewer`."""
    return len(readable_rules(viewer)) == len(rulebook().rules)


def readable_rules(viewer: Viewer) -> frozenset[int]:
    """The ids of rules under which `viewer` may read."""
    return rulebook().readable(viewer.rank, viewer.groups)


def can_read_at(viewer: Viewer, path: str) -> bool:
    """Whether `viewer` may read at `path`, even if there is no page."""
    return rule_at(path).id in readable_rules(viewer)


def path_readable_by(viewer: Viewer, key: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """The same as a condition on a path key."""
    return _nearest_rule(key).in_(readable_rules(viewer))


def path_editable_by(viewer: Viewer, key: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """`can_write_at` as a condition on a path key."""
    return _nearest_rule(key).in_(_editable_rules(viewer)) if viewer.is_member else false()


def _nearest_rule(key: SQLColumnExpression[str]) -> ColumnElement[int]:
    """The id of the rule that applies at a key, as in `RuleBook.nearest`."""
    rule = aliased(AccessRule)
    is_below = func.substr(key, 1, func.length(rule.key) + 1) == rule.key + "/"
    covers = and_(rule.covers == "tree", or_(rule.key == "", is_below))
    return (
        select(rule.id)
        .where(or_(rule.key == key, covers))
        .order_by(func.length(rule.key).desc())
        .limit(1)
        .scalar_subquery()
    )


def _is_live(page: type[ReadableColumns] | ReadableColumns) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = page.deleted_at.is_(None)  # type: ignore[union-attr]
    return condition


def _is_allowed(
    page: type[ReadableColumns] | ReadableColumns, level: Level, viewer: Viewer
) -> ColumnElement[bool]:
    follows = _follows_rules(page, level, int(viewer.rank), viewer.grantee_id)
    version = _all_as_of(viewer, level)
    return follows if version == _NEVER else or_(_is_version(version), follows)


def _all_as_of(viewer: Viewer, level: Level) -> int:
    """The last loaded version of the rules if `viewer` may read or edit under all of them.

    As long as that version is current, which a statement checks once, it needn’t look up each
    page’s rule; that would make lists of a whole wiki a fifth slower.
    """
    book = last_rules()
    if book is None:
        return _NEVER
    allowed = book.editable if level is Level.EDIT else book.readable
    groups = viewer.groups if viewer.grantee_id is not None else frozenset[int]()
    is_all = len(allowed(viewer.rank, groups)) == len(book.rules)
    return book.version if is_all else _NEVER


def _is_version(version: int | BindParameter[Any]) -> ColumnElement[bool]:
    return select(AccessVersion.number).scalar_subquery() == version


def _follows_rules(
    page: type[ReadableColumns] | ReadableColumns,
    level: Level,
    rank: int | BindParameter[Any],
    user_id: int | BindParameter[Any] | None,
) -> ColumnElement[bool]:
    """Whether the page’s rule admits the user."""
    return _admits(page.rule_id, level, rank, user_id)


def reads_whole_wiki(viewer: Viewer) -> ColumnElement[bool]:
    """Whether the rule of the whole wiki lets `viewer` read what doesn’t belong to a page."""
    return _admits(ROOT_RULE_ID, Level.READ, int(viewer.rank), viewer.grantee_id)


def all_editors_read_root(
    page: type[ReadableColumns] | ReadableColumns,
) -> ColumnElement[bool]:
    """Whether everybody who may edit the page may read what doesn’t belong to a page.

    Only then may its readers see such content on it; otherwise an editor could use the page to
    reveal it.
    """
    rule, root = aliased(AccessRule), aliased(AccessRule)
    editing, reading = aliased(AccessGrant), aliased(AccessGrant)
    reads_too = exists().where(
        reading.rule_id == ROOT_RULE_ID, reading.group_id == editing.group_id
    )
    has_others = exists().where(editing.rule_id == rule.id, editing.level == Level.EDIT, ~reads_too)
    is_open = root.read_rank == Rank.ANYBODY
    return exists().where(
        rule.id == page.rule_id,
        root.id == ROOT_RULE_ID,
        or_(is_open, and_(rule.edit_rank >= root.read_rank, ~has_others)),
    )


def _admits(
    rule_id: Any,
    level: Level,
    rank: int | BindParameter[Any],
    user_id: int | BindParameter[Any] | None,
) -> ColumnElement[bool]:
    """Whether a rule admits a user; checks the rank first, since that needs no groups."""
    needed = AccessRule.read_rank if level is Level.READ else AccessRule.edit_rank
    is_granted: ColumnElement[bool] = exists().where(
        AccessGrant.rule_id == AccessRule.id,
        AccessGrant.level >= level,
        Membership.group_id == AccessGrant.group_id,
        Membership.user_id == user_id,
    )
    if user_id is None:  # anonymous viewers aren't in any group
        is_granted = false()
    return exists().where(AccessRule.id == rule_id, or_(needed <= rank, is_granted))


# Doing


def can_edit(viewer: Viewer, page: Governed) -> bool:
    """Whether the rule for the page lets the viewer edit it; anonymous viewers never may."""
    return viewer.is_member and page.rule_id in _editable_rules(viewer)


def can_discuss(viewer: Viewer, page: Readable) -> bool:
    """Whether the viewer is signed in, not blocked, and may read the page."""
    return viewer.is_member and not viewer.is_blocked and can_read(viewer, page)


def can_propose(viewer: Viewer) -> bool:
    """Whether `viewer` may propose changes to what they can read."""
    return viewer.is_member and not viewer.is_blocked


def can_write_at(viewer: Viewer, path: str) -> bool:
    """Whether `viewer` may write at `path`, even if there is no page."""
    return viewer.is_member and rule_at(path).id in _editable_rules(viewer)


def editable_by(
    viewer: Viewer, page: type[ReadableColumns] | ReadableColumns
) -> ColumnElement[bool]:
    """The condition, on the page’s columns, that `viewer` may edit it; includes deleted pages."""
    if not viewer.is_member or viewer.is_on_review:
        return false()
    return _is_allowed(page, Level.EDIT, viewer)


def can_edit_somewhere(viewer: Viewer) -> bool:
    """Whether the interface offers editing at all."""
    return viewer.is_member and bool(_editable_rules(viewer))


def rule_at(path: str) -> Rule:
    """The rule that applies at `path`, even if there is no page."""
    return rulebook().nearest(path_key(path))


def _editable_rules(viewer: Viewer) -> frozenset[int]:
    if viewer.is_on_review:
        return frozenset()
    return rulebook().editable(viewer.rank, viewer.groups)


def can_review(viewer: Viewer) -> bool:
    """Whether the viewer may mark changes as reviewed, see who did, and undo all changes of a
    person.
    """
    return viewer.role in REVIEWERS


def can_undelete(viewer: Viewer, page: Readable) -> bool:
    """Whether the viewer may restore the page: reviewers and whoever deleted it, if they may edit
    it.
    """
    return can_edit(viewer, page) and may_bring_back(viewer, page)


def may_bring_back(viewer: Viewer, deleted: Deletable) -> bool:
    """Whether `viewer` may restore something at a place where they may edit."""
    if deleted.deleted_at is None or not viewer.is_member:
        return False
    return can_review(viewer) or deleted.deleted_by_id == viewer.user_id


def history_visible_to(
    viewer: Viewer, page: type[ReadableColumns] | ReadableColumns
) -> ColumnElement[bool]:
    """The condition that `viewer` may see the page’s history: `visible_to` or `can_undelete`.

    For lists of changes only; everywhere else, deleted pages don’t exist for anybody.
    """
    if not viewer.is_member:
        return visible_to(viewer, page)
    may_edit = editable_by(viewer, page)
    if can_review(viewer):
        return or_(visible_to(viewer, page), may_edit)
    is_theirs: ColumnElement[bool] = page.deleted_by_id == viewer.user_id  # type: ignore[assignment]
    return or_(visible_to(viewer, page), and_(is_theirs, may_edit))


def can_administer(viewer: Viewer) -> bool:
    """Whether the viewer is an administrator whose access token, if any, has the scope for it."""
    return viewer.role == Role.ADMIN and viewer.is_administering


def can_protect(viewer: Viewer, page: Governed) -> bool:
    """Whether the viewer may restrict a page to mentors; administrators can set any rule."""
    return can_review(viewer) and can_edit(viewer, page)
