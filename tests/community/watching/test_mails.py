"""Mail about what happened: when, to whom, and what it says; by a real mail server."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from tests.community.run_notifier import notify
from tests.factories import client_of as sign_in
from tests.factories import make_page, make_user
from tests.mail_servers import html_of, text_of
from wiki.access.models import Rank
from wiki.accounts.blocking.blocks import add_block
from wiki.accounts.models import User
from wiki.community.watching import mails
from wiki.community.watching.mails import last_due
from wiki.community.watching.models import MailFrequency, Notification
from wiki.database import db, utcnow
from wiki.pages.protection.rule_changes import RuleTerms, set_rule

ADDIS = ZoneInfo("Africa/Addis_Ababa")


@pytest.fixture
def selam(mailing_app):
    """A reader with a confirmed address."""
    user = make_user(
        mailing_app,
        "selam",
        email="selam@example.org",
        email_key="selam@example.org",
        email_confirmed_at=utcnow(),
    )
    return sign_in(mailing_app, user)


@pytest.fixture
def abebe(mailing_app):
    return sign_in(mailing_app, make_user(mailing_app, "abebe", role="mentor"))


@pytest.fixture
def later(mailing_app, monkeypatch):
    """`later(days=1)`: lets everybody be told, and mails go out as if so much time had passed."""

    def later(**passed):
        notify(mailing_app)
        with monkeypatch.context() as patch, mailing_app.app_context():
            patch.setattr(mails, "utcnow", lambda: utcnow() + timedelta(**passed))
            mails.queue_due_mails()

    return later


def watch(app, person, path, title=None, **fields):
    saved = make_page(app, path, title, **fields)
    form = person.open_form(f"/watch/{path}")
    assert form.submit(targets=[f"page:{saved.page_id}"]).status_code == 303
    return saved


def choose(person, mail):
    assert person.open_form("/notifications/settings").submit(mail=mail).status_code == 303


def edit(person, path, **fields):
    assert person.open_form(f"/edit/{path}").submit(**fields).status_code == 303


def test_edits_come_at_once_in_one_mail_with_what_they_changed(
    mailing_app, selam, abebe, later, send_mail
):
    saved = watch(mailing_app, selam, "redis", text="Redis keeps data.\n")
    choose(selam, "at-once")
    edit(abebe, "redis", text="Redis keeps <b>all</b> data.\n", summary="more")
    edit(abebe, "redis", text="Redis keeps <b>all</b> data in memory.\n")
    later(seconds=10)
    assert send_mail() == []  # more of it may come
    later(minutes=2)
    (mail,) = send_mail()
    later(minutes=3)
    assert send_mail() == []
    assert mail["To"] == "selam@example.org"
    assert mail["Subject"] == "[Nexus] Redis"
    text = text_of(mail)
    assert "2 edits of “Redis” by abebe" in text
    assert "/diff/redis?from=1&to=3" in text
    assert "- Redis keeps data." in text
    assert "+ Redis keeps {+<b>all</b> +}data{+ in memory+}." in text
    html = html_of(mail)
    assert "<ins>&lt;b&gt;all&lt;/b&gt; </ins>data<ins> in memory</ins>." in html
    root = f"<page-{saved.page_id}.1@example.org>"
    assert mail["In-Reply-To"] == mail["References"] == root
    assert mail["Message-ID"].startswith(f"<page-{saved.page_id}.1.")
    # The next one belongs to the same conversation.
    edit(abebe, "redis", text="Short.\n")
    later(minutes=2)
    (following,) = send_mail()
    assert following["References"] == root
    assert following["Message-ID"] != mail["Message-ID"]
    assert following["Subject"] == mail["Subject"]


def test_one_click_ends_mails_and_looking_does_not(mailing_app, selam, abebe, later, send_mail):
    stranger = mailing_app.test_client()
    watch(mailing_app, selam, "redis")
    choose(selam, "at-once")
    edit(abebe, "redis", text="Two.")
    later(minutes=2)
    (mail,) = send_mail()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip("<>").removeprefix("https://wiki.example.org")
    assert link.startswith("/unsubscribe/")
    base = {"base_url": "https://wiki.example.org"}
    looked = stranger.get(link, **base)
    assert "Stop mail about what happens here?" in looked.text
    edit(abebe, "redis", text="Three.")
    later(minutes=2)
    assert len(send_mail()) == 1
    edit(abebe, "redis", text="Four.")
    later(minutes=2)  # queued, but not sent yet
    done = stranger.post(link, data={"List-Unsubscribe": "One-Click"}, **base)
    assert done.status_code == 200
    assert "You no longer get mail" in done.text
    assert send_mail() == []
    edit(abebe, "redis", text="Five.")
    later(days=30)
    assert send_mail() == []
    assert stranger.post("/unsubscribe/x.y", **base).status_code == 404
    assert stranger.get("/unsubscribe/x.y", **base).status_code == 404


@pytest.mark.parametrize(
    "change", ["hidden", "deleted", "blocked", "disabled", "moved", "unconfirmed", "read"]
)
def test_rights_are_asked_when_the_mail_is_sent(selam, abebe, later, send_mail, change):
    mailing_app = selam.application
    watch(mailing_app, selam, "secret/plan", "Plan")
    choose(selam, "at-once")
    edit(abebe, "secret/plan", text="Two.")
    later(minutes=2)
    with mailing_app.app_context():
        if change == "hidden":
            set_rule("secret", RuleTerms(read_rank=Rank.MENTOR, edit_rank=Rank.MENTOR), by=None)
        elif change == "blocked":
            set_rule("", RuleTerms(read_rank=Rank.SIGNED_IN, edit_rank=Rank.MENTOR), by=None)
            add_block("selam", "spam", None, by=None, own_address=None)
        elif change in ("disabled", "moved", "unconfirmed"):
            values = {
                "disabled": {"is_enabled": False},
                "moved": {"email": "selam@example.com"},
                "unconfirmed": {"email_confirmed_at": None},
            }[change]
            db.session.execute(update(User).where(User.username == "selam").values(**values))
            db.session.commit()
    if change == "deleted":
        abebe.open_form("/delete/secret/plan").submit(summary="no")
    if change == "read":
        selam.open_form("/notifications", has="number").submit()
    assert send_mail() == []


def test_a_digest_comes_once_with_all_pages(mailing_app, selam, abebe, later, send_mail):
    for path in ("redis", "celery"):
        watch(mailing_app, selam, path)
        edit(abebe, path, text="Two.")
    later(hours=0)
    later(days=1, minutes=1)
    (mail,) = send_mail()
    assert mail["Subject"] == "[Nexus] abebe edited “Redis”, and more"
    assert mail["References"] is None
    text = text_of(mail)
    assert text.index("abebe edited “Redis”") < text.index("abebe edited “Celery”")
    later(days=2)
    assert send_mail() == []


def test_who_wants_none_or_has_no_confirmed_address_gets_none(
    mailing_app, selam, abebe, later, send_mail
):
    other = sign_in(mailing_app, make_user(mailing_app, "mulu", email="mulu@example.org"))
    watch(mailing_app, selam, "redis")
    page = watch(mailing_app, other, "celery")
    choose(selam, "off")
    edit(abebe, "redis", text="Two.")
    edit(abebe, "celery", text="Two.")
    later(days=30)
    assert send_mail() == []
    with mailing_app.app_context():
        assert db.session.query(Notification).count() == 2
    assert "is not confirmed yet, so no mail is sent" in other.get("/notifications/settings").text
    assert page.page_id


HOSTILE = "x\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script>\u202egnp.exe"


def test_nothing_that_people_write_becomes_a_header_or_markup(
    mailing_app, selam, abebe, later, send_mail
):
    title = "<script>alert(1)</script> & “x” \u05d0\u05d1"
    watch(mailing_app, selam, "page", title, text="Plain.")
    choose(selam, "at-once")
    edit(abebe, "page", text=HOSTILE, summary=HOSTILE)
    later(minutes=2)
    (mail,) = send_mail()
    assert mail["Bcc"] is None
    assert len(mail.get_all("Subject")) == 1
    html = html_of(mail)
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "\u202e" not in html + text_of(mail) + mail["Subject"]


def test_without_a_mail_server_nothing_waits_for_one(app):
    person = sign_in(
        app, make_user(app, "selam", email="s@example.org", email_confirmed_at=utcnow())
    )
    watch(app, person, "redis")
    edit(sign_in(app, make_user(app, "abebe")), "redis", text="Two.")
    notify(app, jobs=True)
    with app.app_context():
        assert [row.is_to_mail for row in db.session.query(Notification)] == [False]
    assert "can’t send mail" in person.get("/notifications/settings").text


def at(text, zone):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "frequency", "zone", "due"),
    [
        ("2026-11-30T07:59", "daily", ADDIS, "2026-11-29T08:00"),
        ("2026-11-30T08:00", "daily", ADDIS, "2026-11-30T08:00"),
        ("2026-11-30T07:59", "weekly", ADDIS, "2026-11-23T08:00"),  # a Monday
        ("2026-11-30T08:01", "weekly", ADDIS, "2026-11-30T08:00"),
        ("2026-12-06T23:59", "weekly", ADDIS, "2026-11-30T08:00"),
        # In spring and autumn the clock goes on, and eight stays eight.
        ("2026-03-29T08:00", "daily", ZoneInfo("Europe/Berlin"), "2026-03-29T08:00"),
        ("2026-03-29T07:30", "daily", ZoneInfo("Europe/Berlin"), "2026-03-28T08:00"),
        ("2026-10-25T08:00", "daily", ZoneInfo("Europe/Berlin"), "2026-10-25T08:00"),
        ("2026-10-26T07:59", "daily", ZoneInfo("Europe/Berlin"), "2026-10-25T08:00"),
        ("2026-03-08T09:00", "weekly", ZoneInfo("America/New_York"), "2026-03-02T08:00"),
    ],
)
def test_digests_are_due_at_eight_where_the_person_is(now, frequency, zone, due):
    assert last_due(at(now, zone), frequency, zone) == at(due, zone)


def test_a_day_is_as_long_as_its_clock_says():
    berlin = ZoneInfo("Europe/Berlin")
    days = [last_due(at(f"2026-03-{day}T12:00", berlin), "daily", berlin) for day in (28, 29, 30)]
    assert days[1] - days[0] == timedelta(hours=23)
    assert days[2] - days[1] == timedelta(hours=24)


def test_at_once_waits_for_what_belongs_to_it():
    now = utcnow()
    assert last_due(now, MailFrequency.AT_ONCE, UTC) == now - mails.GATHERED_FOR
