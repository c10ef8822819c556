"""Pages and their revisions."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wiki.access.models import ROOT_RULE_ID, AccessRule
from wiki.accounts.models import User
from wiki.database import db, utcnow

HASH_LENGTH = 64  # hex digits of SHA-256
_EMPTY_OBJECT = text("'{}'")
AUTHOR_NAME_LIMIT = 100  # characters
TOMBSTONE = "erased:"  # prefix of the key of an erased text, which is not a hash


def _partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


class Text(db.Model):  # type: ignore[name-defined,misc]
    """A text, stored once for all revisions that contain it; the key is its hash."""

    hash: Mapped[str] = mapped_column(String(HASH_LENGTH), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    is_compressed: Mapped[bool] = mapped_column(default=False)
    size: Mapped[int] = mapped_column()  # bytes of the text in UTF-8
    # Tombstone of a permanently erased text: when, by whom and why.
    erased_at: Mapped[datetime | None] = mapped_column()
    erased_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))
    erased_why: Mapped[str] = mapped_column(String(300), default="", server_default="")


class Page(db.Model):  # type: ignore[name-defined,misc]
    """The identity of a page, which stays when title, path and text change; links refer to its
    `id`.
    """

    __table_args__ = (
        CheckConstraint("revision_count >= 0", name="revision_count"),
        Index("ix_page_kind_title", "kind", "title_key"),
        # PostgreSQL needs these operators for prefix searches; see `key_in_range`.
        Index("ix_page_key", "key", postgresql_ops={"key": "text_pattern_ops"}),
        _partial_index("ix_page_kind_updated", "kind", "updated_at", where="deleted_at IS NULL"),
        # Deleting a page frees its path; a page written there later is another one.
        _partial_index("uq_page_key_live", "key", where="deleted_at IS NULL", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(250))
    key: Mapped[str] = mapped_column(String(500))
    title: Mapped[str] = mapped_column(String(200))
    title_key: Mapped[str] = mapped_column(String(500), index=True)
    kind: Mapped[str] = mapped_column(String(32), default="page")
    status: Mapped[str | None] = mapped_column(String(32))
    summary: Mapped[str] = mapped_column(String(500), default="")
    # Its position among its siblings, if its front matter gives one.
    position: Mapped[float | None] = mapped_column()
    # Number of the current revision; the next one's number is taken here, under the row's lock.
    revision_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))
    deleted_at: Mapped[datetime | None] = mapped_column()
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))
    # The rule in force: the nearest one at or above the path; `pages.protection` maintains it.
    rule_id: Mapped[int] = mapped_column(
        ForeignKey(AccessRule.id, ondelete="RESTRICT"),
        default=ROOT_RULE_ID,
        server_default=text("1"),
        index=True,
    )
    # Incremented when anything changes that is not in a revision: comments, votes, reports.
    activity: Mapped[int] = mapped_column(default=0, server_default=text("0"))

    updated_by: Mapped[User | None] = relationship(foreign_keys=[updated_by_id], lazy="raise")
    deleted_by: Mapped[User | None] = relationship(foreign_keys=[deleted_by_id], lazy="raise")


class Revision(db.Model):  # type: ignore[name-defined,misc]
    """A version of a page: its text and all versioned metadata."""

    __table_args__ = (
        UniqueConstraint("page_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        Index("ix_revision_created_at_id", "created_at", "id"),
        Index("ix_revision_author_id_id", "author_id", "id"),
        _partial_index("ix_revision_cause_id", "cause_id", where="cause_id IS NOT NULL"),
        # For finding out, for each change in a list, whether it was undone.
        _partial_index("ix_revision_undone", "page_id", "merged_number", where="action = 'undo'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="RESTRICT"))
    number: Mapped[int] = mapped_column()
    # "create", "edit", "merge", "restore", "undo", "rename", "relink", "delete", "undelete",
    # "erase" or "import"
    action: Mapped[str] = mapped_column(String(16), default="edit")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))
    # The name of an author without an account, from an imported history.
    author_name: Mapped[str | None] = mapped_column(String(AUTHOR_NAME_LIMIT))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    path: Mapped[str] = mapped_column(String(250))
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(32), default="page")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Other front matter: `status`, `summary`, the fields of a kind.
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    text_hash: Mapped[str] = mapped_column(ForeignKey("text.hash", ondelete="RESTRICT"), index=True)
    summary: Mapped[str] = mapped_column(String(300), default="")
    is_minor: Mapped[bool] = mapped_column(default=False)
    size: Mapped[int] = mapped_column(Integer, default=0)  # characters
    # The revision on which it is based, and the other one that was used: for a merge the one it
    # was merged with, for a restore the one that was restored.
    parent_number: Mapped[int | None] = mapped_column()
    merged_number: Mapped[int | None] = mapped_column()
    # Who accepted it, if it was a proposal, and whether they changed it when accepting.
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))
    is_improved: Mapped[bool] = mapped_column(default=False, server_default=false())
    # The revision of another page that caused this one: a rename moves the pages below and
    # rewrites links. Both are one event, and what it caused counts as no person's change.
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id", ondelete="RESTRICT"))

    page: Mapped[Page] = relationship(lazy="raise")
    author: Mapped[User | None] = relationship(foreign_keys=[author_id], lazy="raise")
    stored_text: Mapped[Text] = relationship(lazy="raise")


class ReviewMark(db.Model):  # type: ignore[name-defined,misc]
    """Says that a reviewer has reviewed a revision, and the changes that it caused."""

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    looked_at: Mapped[datetime] = mapped_column(default=utcnow)


class WithheldLink(db.Model):  # type: ignore[name-defined,misc]
    """Says that a page’s link to another site, added by a new user, is withheld until reviewed."""

    __tablename__ = "held_link"

    page_id: Mapped[int] = mapped_column(
        ForeignKey("page.id", ondelete="CASCADE"), primary_key=True
    )
    hash: Mapped[str] = mapped_column(String(32), primary_key=True)  # of the URL
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )


class Rendering(db.Model):  # type: ignore[name-defined,misc]
    """The rendered current revision; renewed when the version of the renderer changes."""

    page_id: Mapped[int] = mapped_column(
        ForeignKey("page.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    revision_number: Mapped[int] = mapped_column()
    renderer: Mapped[str] = mapped_column(String(32))
    word_count: Mapped[int] = mapped_column(default=0)
    outline: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)  # [level, id, text]
    html: Mapped[str] = mapped_column()  # with its slots marked; see `wiki/markup/slots.py`
    # [id, heading, text]: the source of snippets, and the sections to which hits lead.
    sections: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    code: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    # The two sanitizers disagreed; whatever either of them removed is removed.
    is_disputed: Mapped[bool] = mapped_column(default=False, server_default=false())


class OldRendering(db.Model):  # type: ignore[name-defined,misc]
    """A cached rendering of an old text at a path; rows can be deleted at any time."""

    key: Mapped[str] = mapped_column(String(HASH_LENGTH), primary_key=True)
    size: Mapped[int] = mapped_column()  # bytes of `body`
    kept_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Link(db.Model):  # type: ignore[name-defined,misc]
    """A link in a page’s current text, by the key of its target, which may have no page."""

    from_page_id: Mapped[int] = mapped_column(
        ForeignKey("page.id", ondelete="CASCADE"), primary_key=True
    )
    to_key: Mapped[str] = mapped_column(String(500), primary_key=True, index=True)
    target: Mapped[str] = mapped_column(String(500))  # as it was written
    kind: Mapped[str] = mapped_column(String(16), default="wiki")


class Redirect(db.Model):  # type: ignore[name-defined,misc]
    """A former path or title of a page. It leads to the page itself, so loops can't occur."""

    key: Mapped[str] = mapped_column(String(500), primary_key=True)
    path: Mapped[str] = mapped_column(String(250))
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Tag(db.Model):  # type: ignore[name-defined,misc]
    """A tag of a page's current revision."""

    page_id: Mapped[int] = mapped_column(
        ForeignKey("page.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(200), primary_key=True, index=True)
    name: Mapped[str] = mapped_column(String(50))


class ErrorFingerprint(db.Model):  # type: ignore[name-defined,misc]
    """An error that the current revision of a challenge describes (`wiki.fingerprints`)."""

    page_id: Mapped[int] = mapped_column(
        ForeignKey("page.id", ondelete="CASCADE"), primary_key=True
    )
    hash: Mapped[str] = mapped_column(String(16), primary_key=True, index=True)


class Draft(db.Model):  # type: ignore[name-defined,misc]
    """Unsaved text of a person; one for each editor that they opened."""

    __table_args__ = (UniqueConstraint("user_id", "target"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    page_id: Mapped[int | None] = mapped_column(
        ForeignKey("page.id", ondelete="CASCADE"), index=True
    )
    # "page:<id>:<key>" or "new:<key>", the key being that of the editor; without one "page:<id>",
    # "page:<id>#<section>", or "new:<key of the title>".
    target: Mapped[str] = mapped_column(String(600))
    base_revision: Mapped[int | None] = mapped_column()
    section: Mapped[str] = mapped_column(String(200), default="")
    title: Mapped[str] = mapped_column(default="")
    path: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(String(32), default="page")
    status: Mapped[str] = mapped_column(String(32), default="")
    tags: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    # What was typed into fields of any kind: a text for each control.
    fields: Mapped[dict[str, list[str]]] = mapped_column(
        JSON, default=dict, server_default=_EMPTY_OBJECT
    )
    saved_at: Mapped[datetime] = mapped_column(default=utcnow)
