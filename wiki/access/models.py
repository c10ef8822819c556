"""Access rules by path."""

from datetime import datetime
from enum import IntEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wiki.accounts.models import Group, Role, User
from wiki.database import db, utcnow
from wiki.naming import KEY_LIMIT, PATH_LIMIT

ROOT_RULE_ID = 1  # the rule for the whole wiki, created by a migration
NOTE_LIMIT = 300  # characters of a rule's note


class Rank(IntEnum):
    """What a rule requires, from least to most; each rank includes those below it."""

    ANYBODY = 0
    SIGNED_IN = 1
    LEARNER = 2
    MENTOR = 3
    ADMIN = 4


RANK_OF_ROLE = {
    None: Rank.ANYBODY,
    Role.READER: Rank.SIGNED_IN,
    Role.LEARNER: Rank.LEARNER,
    Role.MENTOR: Rank.MENTOR,
    Role.ADMIN: Rank.ADMIN,
}


class Level(IntEnum):
    """What a rule grants to a group. Editing includes reading."""

    READ = 1
    EDIT = 2


class AccessRule(db.Model):  # type: ignore[name-defined,misc]
    """Who may read and edit the page at a path, or the whole subtree.

    Only the nearest rule at or above a page applies.
    """

    __tablename__ = "access_rule"
    __table_args__ = (
        CheckConstraint("covers IN ('tree', 'page')", name="covers"),
        CheckConstraint("read_rank BETWEEN 0 AND edit_rank", name="read_rank"),
        CheckConstraint("edit_rank BETWEEN 1 AND 4", name="edit_rank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(PATH_LIMIT))  # empty: the whole wiki
    key: Mapped[str] = mapped_column(String(KEY_LIMIT), unique=True)
    covers: Mapped[str] = mapped_column(String(8), default="tree")
    read_rank: Mapped[int] = mapped_column()
    edit_rank: Mapped[int] = mapped_column()
    note: Mapped[str] = mapped_column(String(NOTE_LIMIT), default="")
    set_at: Mapped[datetime] = mapped_column(default=utcnow)
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))

    set_by: Mapped[User | None] = relationship(foreign_keys=[set_by_id], lazy="raise")


class AccessGrant(db.Model):  # type: ignore[name-defined,misc]
    """Lets a group read or edit what a rule covers, in addition to the rank."""

    __tablename__ = "access_grant"
    __table_args__ = (CheckConstraint("level IN (1, 2)", name="level"),)

    rule_id: Mapped[int] = mapped_column(
        ForeignKey(AccessRule.id, ondelete="CASCADE"), primary_key=True
    )
    group_id: Mapped[int] = mapped_column(
        ForeignKey(Group.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    level: Mapped[int] = mapped_column()
