"""Tables of the notifier: positions of consumers, and schedules of jobs."""

from datetime import datetime

from sqlalchemy import BigInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow

NAME_LIMIT = 40  # characters
ERROR_LIMIT = 300  # characters


class ConsumerPosition(db.Model):  # type: ignore[name-defined,misc]
    """The last outbox entry that a consumer has handled; updated in the same transaction."""

    __tablename__ = "consumer_position"

    consumer: Mapped[str] = mapped_column(String(NAME_LIMIT), primary_key=True)
    transaction_id: Mapped[int] = mapped_column(BigInteger, default=0)
    number: Mapped[int] = mapped_column(BigInteger, default=0)
    # The number of failed attempts at the next events, and the last error.
    failures: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    last_error: Mapped[str] = mapped_column(String(ERROR_LIMIT), default="", server_default="")


class JobSchedule(db.Model):  # type: ignore[name-defined,misc]
    """When a job that runs in one of all replicas is due."""

    __tablename__ = "job_schedule"

    job: Mapped[str] = mapped_column(String(NAME_LIMIT), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(default=utcnow)
