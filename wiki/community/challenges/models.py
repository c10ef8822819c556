"""Tables of challenges. They refer to pages and users by id, so renames don't matter."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from wiki.accounts.models import User
from wiki.database import db, utcnow
from wiki.kinds.values import MAX_VERSION
from wiki.pages.models import Page

SAME, WORKED = "same", "worked"


class ChallengeVote(db.Model):  # type: ignore[name-defined,misc]
    """A user's vote: they have the same problem, or the solution worked for them."""

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
    """Who solved a challenge. Valid as long as the page stays solved."""

    __tablename__ = "challenge_solution"

    page_id: Mapped[int] = mapped_column(
        ForeignKey(Page.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    solver_id: Mapped[int | None] = mapped_column(
        ForeignKey(User.id, ondelete="RESTRICT"), index=True
    )
    # The revision that marked it as solved. Once the page isn't solved any more, the row is void.
    revision_number: Mapped[int] = mapped_column(server_default=text("1"))
    marked_by_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="RESTRICT"))
    marked_at: Mapped[datetime] = mapped_column(default=utcnow)
