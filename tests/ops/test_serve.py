"""`nexus serve`: how it starts, what it says, how it ends."""

import http.client
import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from tests.live_server import ANSWER_LIMIT, COMMAND, LiveServer
from tests.optional_resources import ROOT
from wiki.community.notifier.process import NOTIFIER
from wiki.search.indexing.supervision import INDEXER

WORKER_LIMIT = 100  # MB of a web worker, so that a small machine holds two
END_LIMIT = 25  # seconds; a worker that has to be killed is given 30


@pytest.fixture(scope="module")
def server(module_server):
    """One with two workers, which the tests that leave it running share."""
    environment = {"NEXUS_WORKERS": "2", "NEXUS_STARTER_PAGES": "on"}
    return module_server(environment=environment, command=COMMAND)


def _wait_for(condition, limit=120.0):
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "it doesn't come"
        time.sleep(0.05)


def _workers(server):
    """The processes that answer: the children of the server's first one."""
    pid = server.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _memory(pid):
    """MB that a process takes; what it shares with others counts by its part (Pss, proc(5))."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(f"{pid} tells no size")


def test_the_last_line_is_the_address(server):
    _wait_for(lambda: server.url in server.log)
    assert server.log.splitlines()[-1] == f"Nexus is at {server.url}"


def test_an_empty_wiki_gets_its_starter_pages(server):
    """Once, as `tests/hub/test_starter.py` sees to."""
    assert "starter pages" in server.log
    assert server.status("/wiki/concepts/jwt") == 200


def test_it_answers_readers_and_those_who_watch_it(server):
    assert server.status("/") == 200
    assert server.status("/healthz") == 200
    assert server.status("/nothing/of/the/kind") == 404


def test_a_port_in_use_is_reported(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*COMMAND, "serve", "--port", port],
            cwd=ROOT,
            env={**os.environ, "NEXUS_INSTANCE": str(tmp_path), "NEXUS_STARTER_PAGES": "off"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_that_dies_is_replaced(server):
    _wait_for(lambda: len(_workers(server)) == 2)
    victim = _workers(server)[0]
    os.kill(victim, signal.SIGKILL)
    _wait_for(lambda: victim not in _workers(server) and len(_workers(server)) == 2)
    assert server.status("/") == 200


def test_a_connection_serves_several_requests(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=ANSWER_LIMIT)
    for _ in range(3):
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        assert not answer.will_close
    connection.close()


def test_a_pasted_text_of_ten_thousand_characters_is_searched_for(server):
    trace = 'File "/app/views.py", line 7, in dispatch ስህተት '
    text = (trace * (10_000 // len(trace) + 1))[:10_000]
    assert "message-note" not in server.get(f"/search?q={quote_plus(text)}")


def test_slow_clients_hold_up_nobody(server):
    with ExitStack() as stack:
        for _ in range(3):  # more than workers, and fewer than one of them has threads
            address = ("127.0.0.1", server.port)
            slow = stack.enter_context(socket.create_connection(address))
            slow.sendall(b"GET / HTTP/1.1\r\nHost: local")
        assert server.status("/healthz") == 200


@pytest.mark.slow
def test_a_worker_stays_small(server):
    _wait_for(lambda: server.url in server.log)
    paths = ["/", "/pages", "/search?q=celery+task", "/changes", "/wiki/concepts/jwt"]

    def read():
        for path in paths * 5:
            assert server.status(path) == 200, path

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    sizes = [_memory(pid) for pid in _workers(server)]
    assert sizes
    assert max(sizes) < WORKER_LIMIT, sizes


# Servers that come in pairs, and the ways in which one ends: a start is what takes long.


@pytest.fixture
def in_a_terminal():
    """Under nohup the tests run without a terminal to lose, and servers of theirs would as well."""
    former = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, former)


def _end(server, send, end):
    """It ends quickly and quietly, and leaves no process."""
    send(server.process.pid, end)
    assert server.process.wait(END_LIMIT) == 0
    assert server.log.splitlines()[-1] == f"Nexus is at {server.url}", server.log
    _wait_for(lambda: not server.processes())


def test_two_servers_may_share_an_instance(start_server, tmp_path):
    # The second takes over the indexer, which ends with it.
    first = start_server(environment={"NEXUS_WORKERS": "2"}, followers=[INDEXER])
    instance = first.settings["NEXUS_INSTANCE"]
    environment = {"NEXUS_INSTANCE": instance, "NEXUS_WORKERS": "2"}
    second = LiveServer(tmp_path / "second", environment=environment, followers=[INDEXER])
    try:
        assert second.start().status("/") == 200
        for server in (first, second):
            _wait_for(lambda one=server: one.url in one.log and len(_workers(one)) == 2)
        _end(first, os.kill, signal.SIGTERM)
        # As a terminal does: Ctrl-C reaches every process of the group.
        _end(second, os.killpg, signal.SIGINT)
    finally:
        second.kill()


@pytest.mark.postgres
def test_two_replicas_serve_from_postgresql(postgres_url, start_server, in_a_terminal):
    shared = {"NEXUS_DATABASE_URL": postgres_url, "NEXUS_WORKERS": "2"}
    first = start_server(environment=shared)
    second = start_server(environment=shared, followers=[NOTIFIER])
    first.make_page("redis", text="Redis keeps everything in memory.\n")
    assert "in memory" in first.get("/wiki/redis")
    assert "in memory" in second.get("/wiki/redis")
    for server in (first, second):
        _wait_for(lambda one=server: one.url in one.log and len(_workers(one)) == 2)
    # Its terminal was closed.
    os.killpg(first.process.pid, signal.SIGHUP)
    assert first.process.wait(END_LIMIT) == 0
    # Killed, it takes its workers along.
    second.process.kill()
    second.process.wait()
    _wait_for(lambda: not second.processes())
