"""How long a client may take for what."""

import socket

import pytest

from wiki.webserver.connection import HEAD_TIMEOUT, MIN_RATE, STALL_TIMEOUT, ClientConnection, Stage
from wiki.webserver.request_body import RequestBody


@pytest.fixture
def connection():
    ours, theirs = socket.socketpair()
    connection = ClientConnection(ours, "", "")
    yield connection
    connection.close()
    theirs.close()


def test_a_head_has_its_time_however_it_drips(connection):
    connection.enter(Stage.HEAD)
    connection.received += b"GET / HTTP/1.1\r\n" * 50
    assert not connection.is_overdue(connection.since + HEAD_TIMEOUT - 1)
    assert connection.is_overdue(connection.since + HEAD_TIMEOUT + 1)


def test_a_silent_connection_goes_after_a_while(connection):
    assert connection.is_overdue(connection.since + HEAD_TIMEOUT + 1)


def test_the_application_may_take_as_long_as_it_does(connection):
    connection.enter(Stage.BUSY)
    assert not connection.is_overdue(connection.since + 3600)


def test_a_body_on_a_slow_line_gets_through(connection):
    connection.body = RequestBody(95_000_000)
    connection.enter(Stage.BODY)
    for minute in range(1, 60):
        connection.body.size += 60 * 2 * MIN_RATE
        for second in (0, 29):
            assert not connection.is_overdue(connection.since + 60 * minute + second)


def test_a_dripping_body_ends(connection):
    connection.body = RequestBody(1_000_000)
    connection.enter(Stage.BODY)
    overdue = []
    for second in range(1, 60):
        connection.body.size += 1
        overdue.append(connection.is_overdue(connection.since + second))
    assert not overdue[8]
    assert overdue[12]


def test_a_body_that_stands_still_ends_however_quick_it_began(connection):
    connection.body = RequestBody(95_000_000)
    connection.enter(Stage.BODY)
    connection.body.size = 90_000_000
    assert not connection.is_overdue(connection.since + 1)
    assert connection.is_overdue(connection.since + 2 + STALL_TIMEOUT)


def test_an_answer_that_nobody_takes_ends(connection):
    connection.enter(Stage.ANSWER)
    connection.out.sent = 5
    assert not connection.is_overdue(connection.since + 5)
    assert connection.is_overdue(connection.since + 20)


def test_a_slow_reader_isnt_carried_by_the_answers_before(connection):
    connection.out.sent = 50_000_000
    connection.enter(Stage.ANSWER)
    assert connection.is_overdue(connection.since + 20)


def test_slow_bodies_make_room_for_whoever_comes(connection):
    now = connection.since
    connection.enter(Stage.BODY)
    connection.since = now - 20
    slow_body = connection.eviction_key(now)
    connection.enter(Stage.IDLE)
    connection.since = now - 2
    waits_for_nothing = connection.eviction_key(now)
    connection.since = now - 0.1
    newcomer = connection.eviction_key(now)
    assert waits_for_nothing < slow_body < newcomer
