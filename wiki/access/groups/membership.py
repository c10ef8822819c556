"""Groups and their members. Every change is recorded in the audit log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, select, update
from sqlalchemy.orm import Session

from wiki.access.models import AccessGrant, AccessRule
from wiki.access.permissions import Viewer, can_administer
from wiki.access.rulebook import raise_access_version
from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.credentials.usernames import username_key
from wiki.accounts.models import GROUP_NAME_LIMIT, Group, Membership, User
from wiki.accounts.registration.invitations import revoke_invitations_into
from wiki.accounts.users import revoke_invitations_by
from wiki.database import db, insert_into, write_transaction
from wiki.i18n import lazy as _l
from wiki.naming import NameRefused, clean_title, path_key

MAX_NAMES = 200  # people added at once

register_actions(
    {
        "group-created": _l("Group created"),
        "group-changed": _l("Group renamed"),
        "group-deleted": _l("Group deleted"),
        "group-joined": _l("Added to a group"),
        "group-left": _l("Removed from a group"),
        "group-mentor": _l("Made a mentor of a group"),
        "group-no-mentor": _l("No longer a mentor of a group"),
    }
)


class GroupNotFound(LookupError):
    """There is no such group, or the viewer may not know of it."""


class GroupNameRefused(ValueError):
    """An invalid name: `reason` is `empty`, `long`, `bad` or `taken`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group, its number of members, and whether the viewer manages them."""

    id: int
    name: str
    note: str
    member_count: int
    may_manage: bool


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A member of a group, with their role in the wiki."""

    id: int
    username: str
    role: str
    is_mentor: bool
    added_at: datetime


def list_groups() -> list[tuple[int, str]]:
    """`(id, name)` of every group, by name."""
    rows = db.session.execute(select(Group.id, Group.name).order_by(Group.key))
    return [(row.id, row.name) for row in rows]


def visible_groups(viewer: Viewer) -> list[GroupView]:
    """The groups that `viewer` may know of, by name: their own, or all for administrators."""
    return [_view(viewer, row) for row in db.session.execute(_query(viewer).order_by(Group.key))]


def get_group(viewer: Viewer, group_id: int) -> GroupView:
    """The group as the viewer sees it. Raises `GroupNotFound`."""
    row = db.session.execute(_query(viewer).where(Group.id == group_id)).one_or_none()
    if row is None:
        raise GroupNotFound(group_id)
    return _view(viewer, row)


def _query(viewer: Viewer) -> "Select[int, str, str, int, bool | None]":
    count = select(func.count()).where(Membership.group_id == Group.id).scalar_subquery()
    is_mentor = (
        select(Membership.is_mentor)
        .where(Membership.group_id == Group.id, Membership.user_id == viewer.user_id)
        .scalar_subquery()
    )
    query = select(Group.id, Group.name, Group.note, count, is_mentor)
    return query if can_administer(viewer) else query.where(is_mentor.is_not(None))


def _view(viewer: Viewer, row: Any) -> GroupView:
    id_, name, note, count, is_mentor = row
    return GroupView(
        id_,
        name,
        note,
        count,
        (bool(is_mentor) and not viewer.is_blocked) or can_administer(viewer),
    )


def list_members(group_id: int) -> list[GroupMember]:
    """All members of the group, mentors first."""
    rows = db.session.execute(
        select(User.id, User.username, User.role, Membership.is_mentor, Membership.added_at)
        .join(User, User.id == Membership.user_id)
        .where(Membership.group_id == group_id)
        .order_by(Membership.is_mentor.desc(), User.username_key)
    )
    return [GroupMember(*row) for row in rows]


def groups_of_user(user_id: int) -> list[tuple[int, str]]:
    """`(id, name)` of the groups of a user, by name."""
    rows = db.session.execute(
        select(Group.id, Group.name)
        .join(Membership, Membership.group_id == Group.id)
        .where(Membership.user_id == user_id)
        .order_by(Group.key)
    )
    return [(row.id, row.name) for row in rows]


def paths_naming(group_id: int) -> list[str]:
    """The paths of the rules that name the group; an empty path is that of the whole wiki."""
    return list(
        db.session.scalars(
            select(AccessRule.path)
            .join(AccessGrant, AccessGrant.rule_id == AccessRule.id)
            .where(AccessGrant.group_id == group_id)
            .order_by(AccessRule.key)
        )
    )


def create_group(name: str, note: str = "", *, by: int | None) -> int:
    """Create a group; returns its id. Raises `GroupNameRefused`."""
    with write_transaction() as session:
        values = _checked_name(session, name) | {"note": note.strip()}
        group = Group(**values)
        session.add(group)
        session.flush()
        log_event(session, "group-created", by=by, subject=group.name)
        return group.id


def change_group(group_id: int, name: str, note: str, *, by: int | None) -> None:
    """Change name and note of a group. Raises `GroupNameRefused`, `GroupNotFound`."""
    with write_transaction() as session:
        raise_access_version(session)  # cached rules contain its name
        values = _checked_name(session, name, besides=group_id) | {"note": note.strip()}
        changed = session.execute(
            update(Group).where(Group.id == group_id).values(values).returning(Group.id)
        )
        if changed.first() is None:
            raise GroupNotFound(group_id)
        log_event(session, "group-changed", by=by, subject=values["name"])


def delete_group(group_id: int, *, by: int | None) -> None:
    """Delete a group with its grants, and revoke invitations into it. Raises `GroupNotFound`."""
    with write_transaction() as session:
        raise_access_version(session)
        group = session.get(Group, group_id)
        if group is None:
            raise GroupNotFound(group_id)
        log_event(session, "group-deleted", by=by, subject=group.name)
        revoke_invitations_into(session, group_id)
        session.execute(delete(Group).where(Group.id == group_id))


def add_members(group_id: int, names: Sequence[str], *, by: int | None) -> list[str]:
    """Add people by username, at most `MAX_NAMES`; returns unknown names.

    Existing members stay as they are. Raises `GroupNotFound`.
    """
    by_key = {username_key(name): name for name in names[:MAX_NAMES]}
    with write_transaction() as session:
        group = session.get(Group, group_id)
        if group is None:
            raise GroupNotFound(group_id)
        found = session.execute(
            select(User.id, User.username, User.username_key).where(
                User.username_key.in_(by_key), User.is_enabled
            )
        ).all()
        for user in found:
            values = {"group_id": group_id, "user_id": user.id, "added_by_id": by}
            if _join(session, values):  # entries of the audit log can't be removed
                log_event(session, "group-joined", by=by, about=user.id, subject=group.name)
    known = {user.username_key for user in found}
    return [name for key, name in by_key.items() if key not in known]


def change_groups(
    user_id: int, joined: Collection[int], left: Collection[int], *, by: int | None
) -> None:
    """Add a user to some groups and remove them from others; deleted groups are ignored.

    All other groups stay as they are, since somebody else may be changing them.
    """
    with write_transaction() as session:
        names = {row.id: row.name for row in session.execute(select(Group.id, Group.name))}
        for group_id in sorted(names.keys() & set(joined)):
            values = {"group_id": group_id, "user_id": user_id, "added_by_id": by}
            if _join(session, values):
                log_event(session, "group-joined", by=by, about=user_id, subject=names[group_id])
        for group_id in sorted(names.keys() & set(left)):
            gone = delete(Membership).where(_is_membership(group_id, user_id))
            if session.scalar(gone.returning(Membership.user_id)) is not None:
                log_event(session, "group-left", by=by, about=user_id, subject=names[group_id])
                revoke_invitations_by(session, user_id, by=by, group_id=group_id)


def _join(session: Session, values: dict[str, Any]) -> bool:
    """Add a membership; returns whether it is new."""
    statement = insert_into(session, Membership).values(values)
    added = statement.on_conflict_do_nothing().returning(Membership.user_id)
    return session.scalar(added) is not None


def remove_member(group_id: int, user_id: int, *, by: int | None) -> None:
    """Remove a member and revoke their invitations; does nothing if they aren’t one."""
    with write_transaction() as session:
        name = _group_of(session, group_id, user_id)
        session.execute(delete(Membership).where(_is_membership(group_id, user_id)))
        if name is not None:
            log_event(session, "group-left", by=by, about=user_id, subject=name)
            revoke_invitations_by(session, user_id, by=by, group_id=group_id)


def set_mentor(group_id: int, user_id: int, *, is_mentor: bool, by: int | None) -> None:
    """Set whether a member is a mentor of the group, who manages its members."""
    with write_transaction() as session:
        changed = update(Membership).where(
            _is_membership(group_id, user_id), Membership.is_mentor != is_mentor
        )
        changed = changed.values(is_mentor=is_mentor).returning(Membership.user_id)
        if session.scalar(changed) is None:
            return
        action = "group-mentor" if is_mentor else "group-no-mentor"
        name = _group_of(session, group_id, user_id) or ""
        log_event(session, action, by=by, about=user_id, subject=name)
        if not is_mentor:
            revoke_invitations_by(session, user_id, by=by, group_id=group_id)


def _is_membership(group_id: int, user_id: int) -> ColumnElement[bool]:
    return and_(Membership.group_id == group_id, Membership.user_id == user_id)


def _group_of(session: Session, group_id: int, user_id: int) -> str | None:
    """The name of the group, for the audit log; `None` if the user isn’t in it."""
    return session.scalar(
        select(Group.name)
        .join(Membership, Membership.group_id == Group.id)
        .where(_is_membership(group_id, user_id))
    )


def _checked_name(session: Session, name: str, *, besides: int = 0) -> dict[str, str]:
    """Raises `GroupNameRefused`."""
    if not name.strip():
        raise GroupNameRefused("empty")
    try:
        name = clean_title(name)
    except NameRefused as error:
        raise GroupNameRefused("bad") from error
    if len(name) > GROUP_NAME_LIMIT:
        raise GroupNameRefused("long")
    key = path_key(name)
    if session.scalar(select(Group.id).where(Group.key == key, Group.id != besides)) is not None:
        raise GroupNameRefused("taken")
    return {"name": name, "key": key}
