"""Tables of challenges. They refer to pages and people by their ids, so they follow them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from wiki.accounts.models import User
from wiki.database import db, utcnow
from wiki.kinds.values import MAX_VERSION
from wiki.pages.models import Page

SAME, WORKED = "same", "worked"


class ChallengeVote(db.Model):  # type: ignore[name-defined,misc]
    """That somebody has the same problem, or that the solution worked for them."""

    __tablename__ = "challenge_vote"
    __table_args__ = (CheckConstraint("vote IN ('same', 'worked')", name="vote"),)

    page_id: Mapped[int] = mapped_column(
        ForeignKey(Page.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    vote: Mapped[str] = mapped_column(String(8), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey(User.id, ondelete="RESTRICT"), primary_key=True, index=True
    )
    version: Mapped[str] = mapped_column(String(MAX_VERSION), default="")  # it worked on
    voted_at: Mapped[datetime] = mapped_column(default=utcnow)


class ChallengeSolution(db.Model):  # type: ignore[name-defined,misc]
    """Whose answer solved a challenge. It holds while the page stays solved."""

    __tablename__ = "challenge_solution"

    page_id: Mapped[int] = mapped_column(
        ForeignKey(Page.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    solver_id: Mapped[int | None] = mapped_column(
        ForeignKey(User.id, ondelete="RESTRICT"), index=True
    )
    # Of the revision that solved it. Once the page isn't solved any more, this is history.
    revision_number: Mapped[int] = mapped_column(server_default=text("1"))
    marked_by_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="RESTRICT"))
    marked_at: Mapped[datetime] = mapped_column(default=utcnow)
