"""The notifier process: threads that don't hold each other up, one process on an instance."""

import threading
import time
from datetime import timedelta

from wiki.community.notifier import process
from wiki.community.notifier.process import acquire_lock, follow
from wiki.community.notifier.registry import Consumer, Job, register_consumer, register_job

PATIENCE = 60.0  # seconds


def wait_for(is_so):
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def follow_until(app, is_done):
    held = acquire_lock(app)
    thread = threading.Thread(target=follow, args=(app, held, lambda: not is_done()))
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    held.release()


def test_what_hangs_or_fails_holds_up_nothing_else(app, make_page):
    hanging, told, ran = threading.Event(), [], []

    def fail():
        raise ZeroDivisionError

    register_job(app, Job("hanging", timedelta(hours=1), lambda: hanging.wait(PATIENCE)))
    register_job(app, Job("failing", timedelta(hours=1), fail))
    register_job(app, Job("working", timedelta(seconds=0.01), lambda: ran.append(1), once=False))
    register_consumer(app, Consumer("failing", lambda _events: fail()))
    register_consumer(app, Consumer("telling", told.extend))
    make_page("redis")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        follow_until(app, lambda: len(ran) > 3 and told and hanging.set() is None)
    finally:
        hanging.set()
    assert [event.kind for event in told] == ["revision"]


def test_there_is_one_notifier_on_an_instance(app):
    held = acquire_lock(app)
    assert acquire_lock(app) is None
    held.release()
    again = acquire_lock(app)
    assert again is not None
    again.release()


def test_a_notifier_ends_when_its_lock_file_is_gone(app):
    held = acquire_lock(app)
    thread = threading.Thread(target=follow, args=(app, held, lambda: True))
    thread.start()
    held.path.unlink()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    held.release()


def test_the_command_tells_now_unless_the_server_does(app):
    runner = app.test_cli_runner()
    assert "Everyone has been notified" in runner.invoke(args=["community", "tell"]).output
    held = process.acquire_lock(app)
    assert "The running server does it" in runner.invoke(args=["community", "tell"]).output
    held.release()
