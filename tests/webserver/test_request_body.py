"""Bodies come in wherever the network cuts them, and end where their framing says."""

import time
from contextlib import closing

import pytest

from wiki.webserver.request_body import MAX_LINE, BodyTooLarge, MalformedBody, RequestBody

CHUNKED = (
    b'4\r\nWiki\r\n6;name=value\r\npedia \r\nE;q="a;b"\r\nin \r\n\r\nchunks.\r\n0\r\nX: y\r\n\r\n'
)
CONTENT = b"Wikipedia in \r\n\r\nchunks."


def _content(body):
    body.file.seek(0)
    return body.file.read()


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_chunks_are_put_together_however_they_are_cut(step):
    rest = b""
    sent = CHUNKED + b"GET / HTTP/1.1\r\n"
    with closing(RequestBody(None)) as body:
        for at in range(0, len(sent), step):
            piece = sent[at : at + step]
            rest += piece if body.is_whole else body.feed(piece)
        assert body.is_whole
        assert _content(body) == CONTENT
    assert rest == b"GET / HTTP/1.1\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"G\r\n",
        b"-1\r\n",
        b"+4\r\nWiki\r\n",
        b"0x4\r\nWiki\r\n",
        b"1_0\r\n",
        b" 4\r\nWiki\r\n",
        b"\r\n",
        b"4\nWiki\n",
        b"4\r\nWikiX\r\n0\r\n\r\n",
        b"4\r\nWiki\n0\r\n\r\n",
        b"FFFFFFFFFFFFFFFFF\r\n",
        b"4;" + b"x" * MAX_LINE,
        b"0\r\n" + b"X: y\r\n" * MAX_LINE,
        (b"1;" + b"x" * 1000 + b"\r\na\r\n") * 10,
    ],
)
def test_what_is_no_chunk_is_refused(sent):
    with closing(RequestBody(None)) as body, pytest.raises(MalformedBody):
        body.feed(sent)


def test_a_body_of_known_length_leaves_the_next_request():
    with closing(RequestBody(5)) as body:
        assert body.feed(b"ab") == b""
        assert not body.is_whole
        assert body.feed(b"cdeGET") == b"GET"
        assert body.is_whole
        assert _content(body) == b"abcde"


@pytest.mark.parametrize("length", [None, 30])
def test_no_more_is_kept_than_the_application_takes(length):
    with closing(RequestBody(length)) as body:
        body.limit = 10
        with pytest.raises(BodyTooLarge):
            body.feed(b"1E\r\n" + b"x" * 30 if length is None else b"x" * 30)


def test_what_nobody_wants_is_read_and_not_kept():
    body = RequestBody(10)
    body.forget()
    body.feed(b"x" * 10)
    assert body.is_whole


def test_very_many_small_chunks_cost_little():
    sent = b"1\r\na\r\n" * 200_000
    with closing(RequestBody(None)) as body:
        began = time.process_time()
        body.feed(sent + b"0\r\n\r\n")
        assert body.is_whole
        assert body.size == 200_000
        assert time.process_time() - began < 3  # copying what is left each time: 10
