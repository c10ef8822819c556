"""The queue and the process that empties it."""

import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests.mail_servers import answering, mail_settings, text_of
from wiki.database import StorageUnavailable, db, write_transaction
from wiki.mail import kinds, queue
from wiki.mail.kinds import TEST
from wiki.mail.models import Mail, MailState
from wiki.mail.queue import BACKOFF, LEASE, SENT_KEPT, MailNotFound
from wiki.mail.sender import acquire_lock, follow, send_due

SELAM = "selam@example.org"
START = datetime(2026, 5, 4, 12, tzinfo=UTC)
BOTH = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def enqueue(app, recipient=SELAM, kind=TEST, **options):
    with app.app_context(), write_transaction() as session:
        queue.enqueue(session, kind, recipient, **options)


def send(app):
    with app.app_context():
        return send_due()


def only_mail(app):
    with app.app_context():
        mail = db.session.scalars(select(Mail)).one()
        db.session.expunge(mail)
        return mail


def test_what_is_queued_is_sent_once(mailing_app, mail_server):
    enqueue(mailing_app)
    assert only_mail(mailing_app).state == MailState.WAITING
    send(mailing_app)
    send(mailing_app)
    (mail,) = mail_server.mails
    stored = only_mail(mailing_app)
    assert mail_server.recipients == [SELAM]
    assert (stored.state, stored.attempts, stored.last_error) == (MailState.SENT, 1, "")
    assert mail["Message-ID"] == stored.message_id
    assert stored.message_id.endswith("@example.org>")


@BOTH
def test_it_goes_with_its_cause(mailing_app, mail_server):
    def change(is_wrong):
        with mailing_app.app_context(), write_transaction() as session:
            queue.enqueue(session, TEST, SELAM)
            if is_wrong:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change(is_wrong=True)
    send(mailing_app)
    assert mail_server.mails == []
    change(is_wrong=False)
    send(mailing_app)
    assert len(mail_server.mails) == 1


def test_without_a_mail_server_nothing_is_queued(app):
    enqueue(app)
    with app.app_context():
        assert queue.count_mails() == {"waiting": 0, "sent": 0, "failed": 0}


def test_a_refusal_for_now_is_tried_again_ever_later_and_given_up(mailing_app, mail_server, clock):
    mail_server.refuse_recipient += ["451 later"] * 9
    enqueue(mailing_app)
    for number, wait in enumerate(BACKOFF, 1):
        send(mailing_app)
        mail = only_mail(mailing_app)
        assert (mail.state, mail.attempts) == (MailState.WAITING, number)
        assert "451 later" in mail.last_error
        clock.shift(wait - timedelta(seconds=1))
        send(mailing_app)
        assert only_mail(mailing_app).attempts == number
        clock.shift(timedelta(seconds=2))
    send(mailing_app)
    assert only_mail(mailing_app).state == MailState.FAILED
    clock.shift(timedelta(days=30))
    send(mailing_app)
    assert only_mail(mailing_app).attempts == len(BACKOFF) + 1
    assert mail_server.mails == []


def test_a_refusal_for_now_that_ends(mailing_app, mail_server, clock):
    mail_server.refuse_recipient.append("450 greylisted")
    enqueue(mailing_app)
    send(mailing_app)
    clock.shift(timedelta(minutes=2))
    send(mailing_app)
    assert only_mail(mailing_app).state == MailState.SENT
    assert len(mail_server.mails) == 1


def test_a_refusal_for_good_is_kept_and_can_be_tried_again(mailing_app, mail_server):
    mail_server.refuse_recipient.append("550 no such user")
    enqueue(mailing_app)
    send(mailing_app)
    mail = only_mail(mailing_app)
    assert (mail.state, mail.attempts) == (MailState.FAILED, 1)
    with mailing_app.app_context(), write_transaction() as session:
        queue.retry(session, mail.id)
    send(mailing_app)
    assert only_mail(mailing_app).state == MailState.SENT
    assert mail_server.mails[0]["Message-ID"] == mail.message_id
    with (
        mailing_app.app_context(),
        pytest.raises(MailNotFound),
        write_transaction() as session,
    ):
        queue.retry(session, mail.id)  # it is sent


def test_one_that_is_refused_holds_no_other_up(mailing_app, mail_server):
    mail_server.refuse_recipient.append("451 later")
    for name in ("selam", "hana"):
        enqueue(mailing_app, f"{name}@example.org")
    send(mailing_app)
    assert mail_server.recipients == ["hana@example.org"]


def test_while_the_server_is_away_one_attempt_suffices(make_app, play, clock):
    server = play(answering())
    server.stop()
    app = make_app(**mail_settings(server))
    for name in ("selam", "hana"):
        enqueue(app, f"{name}@example.org")
    assert send(app)
    with app.app_context():
        attempts = sorted(mail.attempts for mail in queue.list_mails(MailState.WAITING))
    assert attempts == [0, 1]


def test_killed_between_the_server_and_the_commit_it_comes_again_the_same(
    mailing_app, mail_server, clock, monkeypatch
):
    enqueue(mailing_app)

    def die(*_args, **_values):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(queue, "record_sent", die)
        with pytest.raises(KeyboardInterrupt):
            send(mailing_app)
    send(mailing_app)  # the dead one may still be at it
    assert len(mail_server.mails) == 1
    clock.shift(LEASE + timedelta(seconds=1))
    send(mailing_app)
    one, other = mail_server.mails
    assert one["Message-ID"] == other["Message-ID"]
    assert one["Date"] == other["Date"]
    assert only_mail(mailing_app).state == MailState.SENT


def test_a_busy_database_makes_no_mail_come_twice(mailing_app, mail_server, monkeypatch):
    enqueue(mailing_app)
    record, refusals = queue.record_sent, [StorageUnavailable("busy")] * 2

    def record_later(attempt):
        if refusals:
            raise refusals.pop()
        record(attempt)

    monkeypatch.setattr(queue, "record_sent", record_later)
    monkeypatch.setattr("wiki.mail.sender.RECORD_PAUSE", 0)
    send(mailing_app)
    assert only_mail(mailing_app).state == MailState.SENT
    assert len(mail_server.mails) == 1


def test_a_sender_that_was_too_slow_changes_nothing(mailing_app, mail_server, clock):
    enqueue(mailing_app)
    with mailing_app.app_context():
        slow = queue.take_next()
        clock.shift(LEASE + timedelta(seconds=1))
    send(mailing_app)
    with mailing_app.app_context():
        queue.record_failure(slow, "It took too long.", is_final=True)
    assert only_mail(mailing_app).state == MailState.SENT


@BOTH
def test_two_senders_send_nothing_twice(mailing_app, mail_server):
    for number in range(12):
        enqueue(mailing_app, f"p{number}@example.org")
    senders = [threading.Thread(target=send, args=(mailing_app,)) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(mail_server.recipients) == sorted(f"p{n}@example.org" for n in range(12))


def test_there_is_one_sender_on_an_instance(mailing_app):
    held = acquire_lock(mailing_app)
    assert held
    assert acquire_lock(mailing_app) is None
    held.release()


def test_a_sender_whose_lock_is_gone_ends(mailing_app, mail_server):
    held = acquire_lock(mailing_app)
    held.path.unlink()
    enqueue(mailing_app)
    follow(mailing_app, held, lambda: True)
    held.release()
    assert mail_server.mails == []


def test_what_is_no_longer_true_is_not_sent(mailing_app, mail_server):
    kinds.register_mails(mailing_app, {"gone": lambda _parameters: None})
    enqueue(mailing_app, kind="gone")
    enqueue(mailing_app, recipient="")
    send(mailing_app)
    assert mail_server.mails == []
    with mailing_app.app_context():
        assert db.session.scalars(select(Mail)).all() == []


def test_one_that_can_not_be_made_fails_alone(mailing_app, mail_server, clock):
    kinds.register_mails(mailing_app, {"broken": lambda _parameters: {}["nothing"]})
    enqueue(mailing_app, kind="broken")
    enqueue(mailing_app, kind="of another version")
    enqueue(mailing_app, recipient="no address")
    enqueue(mailing_app, valid_for=timedelta(minutes=-1))
    enqueue(mailing_app)
    send(mailing_app)
    assert len(mail_server.mails) == 1
    with mailing_app.app_context():
        (waiting,) = queue.list_mails(MailState.WAITING)
        assert "log" in waiting.last_error
        reasons = " ".join(mail.last_error for mail in queue.list_mails(MailState.FAILED))
    for told in ("too late", "no address", "doesn’t know"):
        assert told in reasons


def test_logs_name_no_address(mailing_app, mail_server, caplog):
    mail_server.refuse_recipient.append(f"550 {SELAM}: no such user")
    enqueue(mailing_app)
    with caplog.at_level(logging.DEBUG):
        send(mailing_app)
    ours = [said.getMessage() for said in caplog.records if said.name.startswith("wiki.")]
    assert "550" in " ".join(ours)
    assert "selam" not in " ".join(ours)


def test_sent_ones_are_pruned_after_a_while(mailing_app, mail_server, clock):
    enqueue(mailing_app)
    send(mailing_app)
    with mailing_app.app_context():
        assert queue.prune() == 0
        clock.shift(SENT_KEPT + timedelta(hours=1))
        assert queue.prune() == 1


def test_a_clock_that_went_wrong_delays_nothing_for_long(mailing_app, mail_server, clock):
    clock.shift(timedelta(days=4000))
    enqueue(mailing_app)
    clock.move_to(START)
    send(mailing_app)
    assert len(mail_server.mails) == 1


def test_the_test_mail_says_whose_it_is(mailing_app, mail_server):
    enqueue(mailing_app)
    send(mailing_app)
    (mail,) = mail_server.mails
    assert mail["Subject"] == "Test mail from Nexus"
    assert mail["From"] == "Nexus <wiki@example.org>"
    assert "https://wiki.example.org/" in text_of(mail)
