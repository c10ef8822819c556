"""How far each consumer of events has read, and when each job is due."""

from datetime import datetime

from sqlalchemy import BigInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow

NAME_LIMIT = 40  # characters
ERROR_LIMIT = 300  # characters


class ConsumerPosition(db.Model):  # type: ignore[name-defined,misc]
    """The last entry of the outbox that a consumer has dealt with; moved with what it wrote."""

    __tablename__ = "consumer_position"

    consumer: Mapped[str] = mapped_column(String(NAME_LIMIT), primary_key=True)
    transaction_id: Mapped[int] = mapped_column(BigInteger, default=0)
    number: Mapped[int] = mapped_column(BigInteger, default=0)
    # Attempts at what comes next that failed, and why the last one did.
    failures: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    last_error: Mapped[str] = mapped_column(String(ERROR_LIMIT), default="", server_default="")


class JobSchedule(db.Model):  # type: ignore[name-defined,misc]
    """When a job that one process runs for all is due."""

    __tablename__ = "job_schedule"

    job: Mapped[str] = mapped_column(String(NAME_LIMIT), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(default=utcnow)
