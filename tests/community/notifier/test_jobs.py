"""Jobs: when they are due, and for whom."""

from datetime import timedelta

import pytest

from wiki.community.notifier import jobs
from wiki.community.notifier.models import JobSchedule
from wiki.community.notifier.registry import Job
from wiki.database import db, utcnow, write_transaction

WEEK = timedelta(days=7)


@pytest.fixture
def clock(monkeypatch):
    """A clock for jobs that a test moves: `clock(timedelta(days=1))`."""
    moved = [timedelta()]
    monkeypatch.setattr(jobs, "utcnow", lambda: utcnow() + moved[0])
    return lambda by: moved.__setitem__(0, moved[0] + by)


@pytest.fixture
def context(any_app):
    with any_app.app_context():
        yield any_app


def test_a_job_runs_once_an_interval_wherever_it_is_asked_for(context, clock):
    runs = []
    weekly = Job("weekly", WEEK, lambda: runs.append(1))
    assert jobs.run_if_due(weekly)
    assert not jobs.run_if_due(weekly)  # another replica, or this one after a restart
    clock(WEEK - timedelta(minutes=1))
    assert not jobs.run_if_due(weekly)
    clock(timedelta(minutes=2))
    assert jobs.run_if_due(weekly)
    assert len(runs) == 2


def test_a_job_that_failed_is_tried_again_soon(context, clock):
    def fail():
        raise ZeroDivisionError

    failing = Job("weekly", WEEK, fail)
    with pytest.raises(ZeroDivisionError):
        jobs.run_if_due(failing)
    assert not jobs.run_if_due(failing)
    clock(jobs.RETRY)
    with pytest.raises(ZeroDivisionError):
        jobs.run_if_due(failing)


def test_a_job_that_was_killed_is_due_after_its_lease(context, clock):
    weekly = Job("weekly", WEEK, lambda: None)
    assert jobs._claim(weekly, utcnow())  # and then the process dies
    assert not jobs.run_if_due(weekly)
    clock(jobs.LEASE + timedelta(seconds=1))
    assert jobs.run_if_due(weekly)


def test_a_replica_whose_clock_is_behind_runs_nothing_twice(context, clock):
    runs = []
    often = Job("often", jobs.LEASE, lambda: runs.append(1))
    clock(timedelta(seconds=50))
    assert jobs.run_if_due(often)
    clock(-timedelta(seconds=50))
    assert not jobs.run_if_due(often)
    assert len(runs) == 1


def test_a_clock_that_went_wrong_stops_no_job(context):
    weekly = Job("weekly", WEEK, lambda: None)
    with write_transaction() as session:
        session.add(JobSchedule(job="weekly", due_at=utcnow() + timedelta(days=3650)))
    assert jobs.run_if_due(weekly)
    assert db.session.get(JobSchedule, "weekly").due_at < utcnow() + WEEK


def test_a_job_for_each_process_always_runs(context):
    runs = []
    often = Job("often", timedelta(seconds=1), lambda: runs.append(1), once=False)
    assert jobs.run_if_due(often)
    assert jobs.run_if_due(often)
    assert len(runs) == 2
