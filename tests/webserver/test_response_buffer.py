"""Responses to slow clients are buffered, mostly on disk, and arrive whole and in order."""

import random
import socket

import pytest

from wiki.webserver.response_buffer import BUFFER_SIZE, ResponseBuffer


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.settimeout(10)
    with ours, theirs:
        yield ours, theirs


def _read_all(outbox, ours, theirs):
    received = bytearray()
    while not outbox.flush():
        received += theirs.recv(1_000_000)
    ours.shutdown(socket.SHUT_WR)
    while part := theirs.recv(1_000_000):
        received += part
    return bytes(received)


def test_a_slow_client_gets_pieces_and_files_in_order(ends, tmp_path):
    ours, theirs = ends
    chance = random.Random(5)
    outbox, sent = ResponseBuffer(ours), b""
    path = tmp_path / "file"
    path.write_bytes(chance.randbytes(3 * BUFFER_SIZE))
    for size in [10, BUFFER_SIZE // 3, 4 * BUFFER_SIZE, 1, 20, 2 * BUFFER_SIZE, BUFFER_SIZE]:
        data = chance.randbytes(size)
        outbox.sendall(data)
        sent += data
        with path.open("rb") as file:
            outbox.sendfile(file, offset=7, count=BUFFER_SIZE)
        sent += path.read_bytes()[7 : 7 + BUFFER_SIZE]
    assert not outbox.flush()
    assert _read_all(outbox, ours, theirs) == sent
    assert outbox.flush()
    assert outbox.sent == len(sent)


def test_many_pieces_of_a_large_answer_wait_in_one_file(ends):
    ours, theirs = ends
    outbox, sent = ResponseBuffer(ours), b""
    for number in range(1500):
        data = b"%06d" % number * 100
        outbox.sendall(data)
        sent += data
    assert len(outbox._parts) < 1000
    assert outbox._held <= BUFFER_SIZE
    assert _read_all(outbox, ours, theirs) == sent


def test_a_file_that_shrank_ends_the_answer(ends, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"short")
    outbox = ResponseBuffer(ends[0])
    with path.open("rb") as file:
        outbox.sendfile(file, count=100)
    with pytest.raises(ConnectionAbortedError):
        outbox.flush()
    outbox.close()
    assert outbox.flush()
