"""Who reads never waits behind those that change something, or that cost much."""

import threading
from contextlib import ExitStack

from wiki.webserver.job_queue import CHANGE, JobQueue


def filled(threads, *jobs):
    queue = JobQueue(threads)
    for job in jobs:
        queue.put(job, kind={"save": CHANGE, "read": None}.get(job.split()[0], job.split()[0]))
    return queue


def test_changes_leave_a_thread_to_readers():
    waiting = filled(2, "save", "save again", "read")
    with waiting.take() as first:
        assert first == "save"
        with waiting.take() as second:
            assert second == "read"
    with waiting.take() as last:
        assert last == "save again"


def test_of_each_costly_kind_one_runs_at_a_time():
    waiting = filled(4, "search 1", "search 2", "read 1", "history 1", "search 3", "read 2")
    with ExitStack() as running:
        order = [running.enter_context(waiting.take()) for _ in range(4)]
    assert order == ["search 1", "read 1", "history 1", "read 2"]
    with waiting.take() as next_one:
        assert next_one == "search 2"


def test_costly_kinds_leave_threads_to_changes_and_readers():
    waiting = filled(4, "search", "history", "git", "save", "save again", "read")
    with ExitStack() as running:
        order = [running.enter_context(waiting.take()) for _ in range(4)]
    assert order == ["search", "history", "save", "read"]
    with waiting.take() as next_one:
        assert next_one == "git"


def test_what_waited_for_a_change_to_end_goes_on():
    waiting = filled(2, "save")
    taken = threading.Event()

    def work():
        with waiting.take():
            taken.set()

    with waiting.take():
        waiting.put("later", kind=CHANGE)
        threading.Thread(target=work, daemon=True).start()
        assert not taken.is_set()
    assert taken.wait(60)


def test_one_thread_does_all():
    waiting = filled(1, "save", "search", "read")
    done = []
    for _ in range(3):
        with waiting.take() as job:
            done.append(job)
    assert done == ["save", "search", "read"]


def test_what_is_withdrawn_is_never_taken():
    waiting = filled(2, "read one", "save two", "read three")
    with waiting.take() as begun:
        assert waiting.withdraw(lambda job: job != "read three") == ["save two"]
        with waiting.take() as next_one:
            assert (begun, next_one) == ("read one", "read three")
    assert waiting.withdraw(lambda _job: True) == []
