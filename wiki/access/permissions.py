"""Who may see and do what: lists, counts, search, feeds, links, diffs and raw texts ask here.

What a viewer may do with a page follows from the rule in force for it (`access.models`), their rank
and their groups. `access` is a layer below `pages`, so it knows a page by the columns that matter
here, not by its class: conditions take the class or an alias of it, functions any object that has
them.
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
# Whether the edits of the user with an id are reviewed first. Proposals answer it.
EDIT_REVIEW = AppState[Callable[[int], bool]]("edit_review", lambda: lambda _user_id: False)
_NOBODY = -1  # below the rank that any rule asks for
_NEVER = -1  # no version of the rules


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who makes a request: a user's id, role and groups' ids, or an anonymous reader.

    Whoever is blocked reads what an anonymous reader does, and writes nothing.
    """

    user_id: int | None = None
    role: str | None = None
    is_reading_public: bool = True
    groups: frozenset[int] = frozenset()
    is_administering: bool = True  # not by an access token without the scope for it
    is_blocked: bool = False
    is_on_review: bool = False  # their edits wait until somebody accepts them

    @property
    def is_member(self) -> bool:
        """Whether they are signed in; somebody who is blocked is a member as well."""
        return self.user_id is not None

    @property
    def may_read(self) -> bool:
        """Whether this viewer may read the wiki at all."""
        return (self.is_member and not self.is_blocked) or self.is_reading_public

    @property
    def grantee_id(self) -> int | None:
        """The user whose groups count."""
        return None if self.is_blocked else self.user_id

    @property
    def rank(self) -> int:
        """What rules compare with their own ranks; below all of them if nothing may be read."""
        return RANK_OF_ROLE[Role(self.role) if self.role else None] if self.may_read else _NOBODY

    @property
    def bindings(self) -> dict[str, Any]:
        """The values of the parameters of `visible_to_bound`."""
        return {
            "viewer_rank": int(self.rank),
            "viewer_id": self.grantee_id,
            "all_as_of": _all_as_of(self, Level.READ),
        }


class Governed(Protocol):
    """What a rule is in force for."""

    @property
    def rule_id(self) -> int:
        """The id of the access rule in force for it."""


class Deletable(Protocol):
    """What may have been deleted, and still be restored."""

    @property
    def deleted_at(self) -> datetime | None:
        """When it was deleted, in UTC; `None` while it is there."""

    @property
    def deleted_by_id(self) -> int | None:
        """The id of the user who deleted it."""


class Readable(Governed, Deletable, Protocol):
    """What permissions depend on, of a page."""


class ReadableColumns(Protocol):
    """The same as columns, of the page class or an alias of it."""

    @property
    def deleted_at(self) -> InstrumentedAttribute[datetime | None]:
        """The column of the time of deletion."""

    @property
    def deleted_by_id(self) -> InstrumentedAttribute[int | None]:
        """The column of the id of who deleted it."""

    @property
    def rule_id(self) -> InstrumentedAttribute[int]:
        """The column of the id of the rule in force."""


def current_viewer() -> Viewer:
    """Whoever makes the current request, by session or access token; else a stranger."""
    if not current_user.is_authenticated:
        return anonymous_viewer()
    by, is_public = current_user, current_settings().public_reading
    if by.is_blocked:
        return Viewer(by.id, None, is_public, is_administering=False, is_blocked=True)
    is_administering = by.scope in (None, TokenScope.ADMIN)
    is_on_review = by.role not in REVIEWERS and EDIT_REVIEW.current()(by.id)
    return Viewer(by.id, by.role, is_public, by.groups, is_administering, is_on_review=is_on_review)


def anonymous_viewer() -> Viewer:
    """Somebody who isn't signed in."""
    return Viewer(is_reading_public=current_settings().public_reading)


# Seeing


def visible_to(
    viewer: Viewer, page: type[ReadableColumns] | ReadableColumns
) -> ColumnElement[bool]:
    """The pages that exist for `viewer`, as a condition on the page's columns.

    Deleted pages exist for nobody; `can_undelete` says who may bring one back, and
    `history_visible_to` does for lists.
    """
    if not viewer.may_read:
        return false()
    return and_(_is_live(page), _is_allowed(page, Level.READ, viewer))


def visible_to_bound(page: type[ReadableColumns] | ReadableColumns) -> ColumnElement[bool]:
    """`visible_to`, for a statement that is built once; a viewer's `bindings` go with it."""
    rank: BindParameter[Any] = bindparam("viewer_rank")
    user_id: BindParameter[Any] = bindparam("viewer_id")
    follows = _follows_rules(page, Level.READ, rank, user_id)
    return and_(_is_live(page), or_(_is_version(bindparam("all_as_of")), follows))


def can_read(viewer: Viewer, page: Readable) -> bool:
    """`visible_to` for one page that is loaded already."""
    return page.deleted_at is None and page.rule_id in readable_rules(viewer)


def reads_everything(viewer: Viewer) -> bool:
    """Whether no rule hides anything from `viewer`."""
    return len(readable_rules(viewer)) == len(rulebook().rules)


def readable_rules(viewer: Viewer) -> frozenset[int]:
    """The ids of the rules under which `viewer` reads."""
    return rulebook().readable(viewer.rank, viewer.groups)


def can_read_at(viewer: Viewer, path: str) -> bool:
    """Whether `viewer` may read at `path`, where there may be no page yet."""
    return rule_at(path).id in readable_rules(viewer)


def path_readable_by(viewer: Viewer, key: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """The same as a condition on the key of a place."""
    return _nearest_rule(key).in_(readable_rules(viewer))


def path_editable_by(viewer: Viewer, key: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """`can_write_at` as a condition on the key of a place."""
    return _nearest_rule(key).in_(_editable_rules(viewer)) if viewer.is_member else false()


def _nearest_rule(key: SQLColumnExpression[str]) -> ColumnElement[int]:
    """The id of the rule in force at a key, as `RuleBook.nearest` finds it."""
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
    """The version of the rules, as last loaded, under all of which `viewer` reads or edits.

    While it is the current one, which a statement finds out once, no page's rule has to be looked
    up: lists of a whole wiki take a fifth longer if each is.
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
    """Whether the page's rule admits somebody."""
    return _admits(page.rule_id, level, rank, user_id)


def reads_whole_wiki(viewer: Viewer) -> ColumnElement[bool]:
    """Whether the rule of the whole wiki lets `viewer` read what belongs to no page."""
    return _admits(ROOT_RULE_ID, Level.READ, int(viewer.rank), viewer.grantee_id)


def all_editors_read_root(
    page: type[ReadableColumns] | ReadableColumns,
) -> ColumnElement[bool]:
    """Whether all who edit the page read what belongs to no page.

    Only then may its readers see what it shows of that: else, whoever writes somewhere could have
    everything shown to them.
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
    """Whether a rule admits somebody; by their rank first, which needs no groups."""
    needed = AccessRule.read_rank if level is Level.READ else AccessRule.edit_rank
    is_granted: ColumnElement[bool] = exists().where(
        AccessGrant.rule_id == AccessRule.id,
        AccessGrant.level >= level,
        Membership.group_id == AccessGrant.group_id,
        Membership.user_id == user_id,
    )
    if user_id is None:  # a stranger is in no group
        is_granted = false()
    return exists().where(AccessRule.id == rule_id, or_(needed <= rank, is_granted))


# Doing


def can_edit(viewer: Viewer, page: Governed) -> bool:
    """Whether the rule in force for the page lets the viewer edit it; strangers never may."""
    return viewer.is_member and page.rule_id in _editable_rules(viewer)


def can_discuss(viewer: Viewer, page: Readable) -> bool:
    """Whoever is signed in, and not blocked, takes part in discussing what they may read."""
    return viewer.is_member and not viewer.is_blocked and can_read(viewer, page)


def can_propose(viewer: Viewer) -> bool:
    """Whether `viewer` may propose what they would write, wherever they read."""
    return viewer.is_member and not viewer.is_blocked


def can_write_at(viewer: Viewer, path: str) -> bool:
    """Whether `viewer` may write at `path`, where there may be no page yet."""
    return viewer.is_member and rule_at(path).id in _editable_rules(viewer)


def editable_by(
    viewer: Viewer, page: type[ReadableColumns] | ReadableColumns
) -> ColumnElement[bool]:
    """The pages, deleted ones too, that `viewer` may edit, as a condition on their columns."""
    if not viewer.is_member or viewer.is_on_review:
        return false()
    return _is_allowed(page, Level.EDIT, viewer)


def can_edit_somewhere(viewer: Viewer) -> bool:
    """Whether the interface offers to write at all."""
    return viewer.is_member and bool(_editable_rules(viewer))


def rule_at(path: str) -> Rule:
    """The rule in force at `path`, whether or not there is a page."""
    return rulebook().nearest(path_key(path))


def _editable_rules(viewer: Viewer) -> frozenset[int]:
    if viewer.is_on_review:
        return frozenset()
    return rulebook().editable(viewer.rank, viewer.groups)


def can_review(viewer: Viewer) -> bool:
    """Mark changes as reviewed, see who else did, undo everything that one person changed."""
    return viewer.role in REVIEWERS


def can_undelete(viewer: Viewer, page: Readable) -> bool:
    """Reviewers may, and whoever deleted it, as long as they may edit there."""
    return can_edit(viewer, page) and may_bring_back(viewer, page)


def may_bring_back(viewer: Viewer, deleted: Deletable) -> bool:
    """Whether `viewer` may bring back something that they may edit where it was."""
    if deleted.deleted_at is None or not viewer.is_member:
        return False
    return can_review(viewer) or deleted.deleted_by_id == viewer.user_id


def history_visible_to(
    viewer: Viewer, page: type[ReadableColumns] | ReadableColumns
) -> ColumnElement[bool]:
    """The pages whose history `viewer` may see: `visible_to` and `can_undelete` as one condition.

    For lists of changes; everywhere else a deleted page is gone for them too.
    """
    if not viewer.is_member:
        return visible_to(viewer, page)
    may_edit = editable_by(viewer, page)
    if can_review(viewer):
        return or_(visible_to(viewer, page), may_edit)
    is_theirs: ColumnElement[bool] = page.deleted_by_id == viewer.user_id  # type: ignore[assignment]
    return or_(visible_to(viewer, page), and_(is_theirs, may_edit))


def can_administer(viewer: Viewer) -> bool:
    """Whether the viewer is an administrator, and no access token without the scope for it asks."""
    return viewer.role == Role.ADMIN and viewer.is_administering


def can_protect(viewer: Viewer, page: Governed) -> bool:
    """Reviewers may keep a page that they edit for themselves; administrators set any rule."""
    return can_review(viewer) and can_edit(viewer, page)
