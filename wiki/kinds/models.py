"""The kinds of pages that administrators add."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow

KIND_NAME_LIMIT = 32  # characters; same as the column of `page`
LABEL_LIMIT = 60  # characters
DESCRIPTION_LIMIT = 200  # characters
FOLDER_LIMIT = 100  # characters
OUTLINE_LIMIT = 8_000  # characters


class PageKind(db.Model):  # type: ignore[name-defined,misc]
    """A kind; rows are never deleted, since pages refer to them."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(KIND_NAME_LIMIT), unique=True)
    version: Mapped[int] = mapped_column(default=1)  # incremented by each change of this kind
    label: Mapped[str] = mapped_column(String(LABEL_LIMIT))
    plural: Mapped[str] = mapped_column(String(LABEL_LIMIT))
    description: Mapped[str] = mapped_column(String(DESCRIPTION_LIMIT), default="")
    folder: Mapped[str] = mapped_column(String(FOLDER_LIMIT), default="")
    outline: Mapped[str] = mapped_column(default="")  # Markdown
    has_status: Mapped[bool] = mapped_column(default=False, server_default=false())
    # [{"name", "label", "type", "is_many", "choices", "hint"}] in form order
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    retired_at: Mapped[datetime | None] = mapped_column()
    changed_at: Mapped[datetime] = mapped_column(default=utcnow)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))
