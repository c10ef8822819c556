"""Who reads never waits behind those that change something."""

import threading

from wiki.webserver.job_queue import JobQueue


def test_changes_leave_a_thread_to_readers():
    waiting = JobQueue(most_changes=1)
    for name in ("save", "another save", "read"):
        waiting.put(name, is_change=name != "read")
    with waiting.take() as first:
        assert first == "save"
        with waiting.take() as second:
            assert second == "read"
    with waiting.take() as last:
        assert last == "another save"


def test_what_waited_for_a_change_to_end_goes_on():
    waiting = JobQueue(most_changes=1)
    taken = threading.Event()

    def work():
        with waiting.take():
            taken.set()

    with waiting_change(waiting):
        waiting.put("later", is_change=True)
        threading.Thread(target=work, daemon=True).start()
        assert not taken.is_set()
    assert taken.wait(60)


def test_one_thread_does_both():
    waiting = JobQueue(most_changes=0)
    with waiting_change(waiting) as job:
        assert job == "save"


def test_what_is_withdrawn_is_never_taken():
    waiting = JobQueue(most_changes=1)
    for name in ("one", "two", "three"):
        waiting.put(name, is_change=False)
    with waiting.take() as begun:
        assert waiting.withdraw(lambda job: job != "three") == ["two"]
        with waiting.take() as next_one:
            assert (begun, next_one) == ("one", "three")
    assert waiting.withdraw(lambda _job: True) == []


def waiting_change(waiting):
    waiting.put("save", is_change=True)
    return waiting.take()
