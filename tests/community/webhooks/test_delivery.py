"""Posting one message, whatever the receiver does."""

import time
from dataclasses import replace

import pytest

from tests.webhook_receiver import TAKEN, TOKEN, refusing
from wiki.app_state import SETTINGS, settings_of
from wiki.community.webhooks.address import REACH
from wiki.community.webhooks.models import Format
from wiki.community.webhooks.sending import delivery
from wiki.community.webhooks.sending.delivery import Verdict, WebhookMessage, deliver
from wiki.outbound.host_patterns import HostPatterns
from wiki.outbound.network import NetworkPolicy


@pytest.fixture
def send(make_app, receiver):
    """`send(answer)`: what becomes of a message that is answered so."""
    app = make_app(base_url="https://wiki.example.org", webhook_hosts=receiver.hosts)

    def send(answer=TAKEN, address=None):
        receiver.answers.append(answer)
        with app.app_context():
            return deliver(WebhookMessage(address or receiver.json, Format.JSON, b'{"a": 1}'))

    send.app = app
    return send


def test_it_is_posted_as_it_is(send, receiver):
    assert send().verdict is Verdict.TAKEN
    (received,) = receiver.received
    assert received.body == b'{"a": 1}'
    assert received.headers["content-type"] == "application/json"
    assert "wiki.example.org" in received.headers["user-agent"]
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_what_follows_from_a_status(send):
    statuses = {
        Verdict.TAKEN: (200, 201, 202, 204),
        Verdict.GONE: (401, 404, 410),
        Verdict.REFUSED: (400, 405, 413, 415, 422),
        Verdict.LATER: (301, 302, 307, 308, 403, 408, 425, 429, 500, 502, 503, 504, 599),
    }
    for verdict, codes in statuses.items():
        for code in codes:
            outcome = send(refusing(code))
            assert (outcome.verdict, outcome.code) == (verdict, str(code))


def test_no_redirect_is_followed(send, receiver):
    outcome = send(refusing(307, Location=f"{receiver.base}/inside"))
    assert outcome.verdict is Verdict.LATER
    assert len(receiver.received) == 1
    assert "inside" not in outcome.reason


def hang(handler):
    handler.rfile.read(1)  # until the other side has had enough


def drip(handler):
    handler.wfile.write(b"HTTP/1.1 ")
    while True:
        handler.wfile.write(b"0")
        handler.wfile.flush()
        time.sleep(0.02)


def test_who_takes_too_long_is_cut_off(send, monkeypatch):
    monkeypatch.setattr(delivery, "DEADLINE", 0.4)
    for play in (hang, drip):
        outcome = send(play)
        assert (outcome.verdict, outcome.wait.total_seconds()) == (Verdict.LATER, 0)
        assert "too long" in outcome.reason


def drip_body(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n")
    while True:
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.02)


def test_a_message_that_was_taken_is_not_sent_again_for_a_slow_answer(send, monkeypatch):
    monkeypatch.setattr(delivery, "DEADLINE", 0.4)
    assert send(drip_body).verdict is Verdict.TAKEN


def test_of_a_huge_answer_little_is_read(send, monkeypatch):
    def flood(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n")
        while True:  # until nobody listens
            sent.append(handler.wfile.write(b"[" * 65_536))

    sent = []
    assert send(flood).verdict is Verdict.TAKEN
    assert sum(sent) < 50_000_000  # what the system took in


def test_answers_that_make_no_sense(send):
    for answer in (
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 999999 \r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ):
        outcome = send(lambda handler, answer=answer: handler.wfile.write(answer))
        assert outcome.verdict is Verdict.LATER
        assert outcome.reason


def test_an_answer_that_is_no_object_is_taken_all_the_same(send):
    for body in (b"[" * 9000, b"\xff\xfe", b'"text"', b"null", b'{"id": {"a": 1}}'):
        outcome = send((200, {}, body))
        assert (outcome.verdict, outcome.remote_id) == (Verdict.TAKEN, "")


def test_nobody_listens(send):
    outcome = send(address="http://127.0.0.1:9/hook")
    assert outcome.verdict is Verdict.LATER


def test_another_address_than_the_one_that_was_checked_is_never_asked(send, receiver):
    """A name that leads inside at the second look: there is none."""
    looks = []

    def look_up(_host, _port):
        looks.append(1)
        return ["93.184.215.14" if len(looks) == 1 else "127.0.0.1"]

    SETTINGS.put(send.app, settings_without_hosts(send.app))
    REACH.put(send.app, NetworkPolicy(look_up, lambda address: str(address) == "127.0.0.1"))
    outcome = send(address=f"https://rebind.example.org:{receiver.port}/hook")
    assert "own network" in outcome.reason
    assert (len(looks), receiver.received) == (1, [])
    # Now it leads to the receiver, in clear text: the connection goes there, under its own name.
    REACH.put(send.app, NetworkPolicy(lambda *_: ["127.0.0.1"], lambda _address: True))
    outcome = send(address=f"https://rebind.example.org:{receiver.port}/hook")
    assert "encrypted" in outcome.reason


def settings_without_hosts(app):
    return replace(settings_of(app), webhook_hosts=HostPatterns())


def test_a_name_that_leads_inside_by_now_is_not_asked(send, receiver):
    SETTINGS.put(send.app, settings_without_hosts(send.app))
    for place in ("127.0.0.1", "10.1.2.3", "::1", "::ffff:10.0.0.1", "fe80::1%lo"):
        look_up = lambda *_, place=place: ["93.184.215.14", place]  # noqa: E731
        REACH.put(send.app, NetworkPolicy(look_up))
        outcome = send(address=f"https://moved.example.org:{receiver.port}/hook")
        assert (outcome.verdict, outcome.code) == (Verdict.LATER, "not-public")
    assert receiver.received == []


def test_nothing_of_the_address_is_repeated(send, receiver):
    told = {"message": f"No {receiver.json} and\n{TOKEN} but https://evil.example/{TOKEN}"}
    outcome = send(refusing(400, told))
    assert TOKEN not in outcome.reason
    assert TOKEN not in repr(outcome)
    assert "No … and … but …" in outcome.reason
    message = WebhookMessage(receiver.json, Format.JSON, b"secret")
    assert TOKEN not in repr(message)
