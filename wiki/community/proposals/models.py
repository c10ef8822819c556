"""Proposals, the pages they would write, and what happened to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wiki.accounts.models import User
from wiki.community.discussion.models import Thread
from wiki.database import db, utcnow
from wiki.files.models import File
from wiki.naming import KEY_LIMIT, PATH_LIMIT, TITLE_LIMIT
from wiki.pages.models import Page
from wiki.pages.writing.content import MAX_SUMMARY_LENGTH

REASON_LIMIT = 1_000  # characters


class ProposalState(StrEnum):
    """The state of a proposal."""

    OPEN = "open"
    ASKED = "asked"  # the author was asked for changes
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class PartAction(StrEnum):
    """What a part of a proposal does with its page. A rename may also change the text."""

    CREATE = "create"
    EDIT = "edit"
    RENAME = "rename"
    DELETE = "delete"


UNDECIDED = (ProposalState.OPEN, ProposalState.ASKED)


class Proposal(db.Model):  # type: ignore[name-defined,misc]
    """A proposal of changes to one or more pages, which are accepted together."""

    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'asked', 'accepted', 'declined', 'withdrawn')", name="state"
        ),
        Index("ix_proposal_state_id", "state", "id"),
        Index("ix_proposal_author_id_state", "author_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(MAX_SUMMARY_LENGTH))  # what it changes, and why
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))
    state: Mapped[str] = mapped_column(String(16), default=ProposalState.OPEN)
    version: Mapped[int] = mapped_column(default=1)  # raised with every change of its pages
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    # When its author last changed it, or confirmed that they still want it.
    wanted_at: Mapped[datetime] = mapped_column(default=utcnow)
    decided_at: Mapped[datetime | None] = mapped_column()
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(String(REASON_LIMIT), default="")
    thread_id: Mapped[int | None] = mapped_column(
        ForeignKey(Thread.id, ondelete="SET NULL"), unique=True
    )

    author: Mapped[User] = relationship(foreign_keys=[author_id], lazy="raise")
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id], lazy="raise")


def _partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


class ProposalPage(db.Model):  # type: ignore[name-defined,misc]
    """The content that a proposal has for one page, from `version` until `replaced_in`.

    Replaced rows are kept as history.
    """

    __table_args__ = (
        Index("ix_proposal_page_proposal_id_number", "proposal_id", "number"),
        _partial_index(
            "uq_proposal_page_page",
            *("proposal_id", "page_id"),
            where="replaced_in IS NULL AND page_id IS NOT NULL",
            unique=True,
        ),
        _partial_index(
            "uq_proposal_page_key",
            *("proposal_id", "key"),
            where="replaced_in IS NULL AND page_id IS NULL",
            unique=True,
        ),
        _partial_index("ix_proposal_page_page_id", "page_id", where="page_id IS NOT NULL"),
        Index(
            "ix_proposal_page_waiting",
            "page_id",
            sqlite_where=text("is_counted = 1"),
            postgresql_where=text("is_counted"),
        ),
        CheckConstraint("page_id IS NOT NULL OR path <> ''", name="place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column()  # the same in all versions
    version: Mapped[int] = mapped_column()
    replaced_in: Mapped[int | None] = mapped_column()
    # Whether it is counted on its page: it is current, undecided, and the only page of its
    # proposal, so that all readers of the page may see it.
    is_counted: Mapped[bool] = mapped_column(default=False)
    action: Mapped[str] = mapped_column(String(8), default=PartAction.EDIT, server_default="edit")
    # The page that it changes; null for a new page until it is accepted.
    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id", ondelete="RESTRICT"))
    # Of a new page, or the new one of a rename.
    path: Mapped[str] = mapped_column(String(PATH_LIMIT), default="")
    key: Mapped[str] = mapped_column(String(KEY_LIMIT), default="")
    base_revision: Mapped[int | None] = mapped_column()
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))
    written_at: Mapped[datetime] = mapped_column(default=utcnow)
    title: Mapped[str] = mapped_column(String(TITLE_LIMIT))
    kind: Mapped[str] = mapped_column(String(32))
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    size: Mapped[int] = mapped_column(default=0)  # bytes of the text in UTF-8
    # Its text was erased with one of the page.
    is_erased: Mapped[bool] = mapped_column(default=False)
    # Last, so that lists of proposals read rows without it.
    body: Mapped[str] = mapped_column(default="")

    proposal: Mapped[Proposal] = relationship(lazy="raise")
    by: Mapped[User] = relationship(foreign_keys=[by_id], lazy="raise")
    page: Mapped[Page | None] = relationship(lazy="raise")


class ProposalFile(db.Model):  # type: ignore[name-defined,misc]
    """A proposed change of a file: it becomes one of its versions, or is deleted.

    `version` and `base_version`, which the proposer saw, are numbers of versions.
    """

    __table_args__ = (UniqueConstraint("proposal_id", "file_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey(File.id, ondelete="CASCADE"), index=True)
    base_version: Mapped[int] = mapped_column()
    version: Mapped[int | None] = mapped_column()  # none for a deletion
    is_left_out: Mapped[bool] = mapped_column(default=False)  # by whoever accepted the rest


class ProposalEvent(db.Model):  # type: ignore[name-defined,misc]
    """An entry in the history of a proposal."""

    __table_args__ = (Index("ix_proposal_event_proposal_id_id", "proposal_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    # "opened", "amended", "improved", "wanted", "withdrawn", "asked", "declined" or "accepted"
    action: Mapped[str] = mapped_column(String(16))
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    version: Mapped[int] = mapped_column()  # that it had then
    reason: Mapped[str] = mapped_column(String(REASON_LIMIT), default="")
