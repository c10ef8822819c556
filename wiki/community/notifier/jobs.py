"""Scheduling of jobs that run in one of all replicas, or in each notifier."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from wiki.community.notifier.models import JobSchedule
from wiki.community.notifier.registry import Job
from wiki.database import CLOCK_LEEWAY, db, insert_into, utcnow, write_transaction

# A job that hasn't ended after this time counts as killed and is due again.
LEASE = timedelta(minutes=15)
RETRY = timedelta(minutes=1)  # until a failed job is due again, if that is sooner than its interval


def run_if_due(job: Job) -> bool:
    """Run the job if it is due; returns whether it was. Raises what the job raises."""
    if not job.once:
        job.run()
        return True
    began = utcnow()
    if not _is_due(job, began) or not _claim(job, began):
        return False
    try:
        job.run()
    except BaseException:
        db.session.rollback()
        _set_due(job, utcnow() + min(RETRY, job.interval))
        raise
    _set_due(job, began + job.interval)
    return True


def _is_due(job: Job, now: datetime) -> bool:
    """Check without a lock, so that jobs that aren't due don't hold up writers."""
    db.session.rollback()
    due_at = db.session.scalar(select(JobSchedule.due_at).where(JobSchedule.job == job.name))
    return due_at is None or due_at <= now or due_at > now + _longest_wait(job)


def _claim(job: Job, now: datetime) -> bool:
    """Lease the job for `LEASE`; false if it isn't due any more."""
    taken = {"due_at": now + min(LEASE, job.interval)}
    # A time further ahead than any delay was set while the clock was wrong.
    late = now + _longest_wait(job)
    is_due = or_(JobSchedule.due_at <= now, JobSchedule.due_at > late)
    with write_transaction() as session:
        statement = insert_into(session, JobSchedule).values(job=job.name, **taken)
        statement = statement.on_conflict_do_update(
            index_elements=["job"], set_=taken, where=is_due
        )
        return session.scalar(statement.returning(JobSchedule.job)) is not None


def _longest_wait(job: Job) -> timedelta:
    return max(job.interval, RETRY) + CLOCK_LEEWAY


def _set_due(job: Job, due_at: datetime) -> None:
    with write_transaction() as session:
        row = JobSchedule.job == job.name
        session.execute(update(JobSchedule).where(row).values(due_at=due_at))
