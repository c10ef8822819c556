"""The audit log: what is in it, how it is filtered, and that nothing takes it back."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from tests.factories import PASSWORD
from tests.optional_resources import ROOT
from tests.pages.visible_text import field_error, main
from wiki.accounts import users
from wiki.accounts.audit_log import AuditEvent, actions, log_event
from wiki.accounts.authentication import failed_sign_ins
from wiki.admin.audit_views import without_formula
from wiki.database import StorageUnavailable, db, utcnow, write_transaction


@pytest.fixture
def admin(client_of):
    return client_of("abeba", role="admin")


def sign_in(browser, name, password=PASSWORD):
    return browser.open_form("/account/login").submit(username=name, password=password)


def logged(app):
    """The actions so far, each with the names of whom it is by and about."""
    with app.app_context():
        names = {user.id: user.username for user in db.session.scalars(select(users.User))}
        rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id))
        return [(row.action, names.get(row.by_id), names.get(row.about_id)) for row in rows]


def last(app):
    with app.app_context():
        return db.session.scalar(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1))


def test_sign_ins_are_logged(any_app, make_user, client):
    make_user("selam")
    sign_in(client, "selam", "not hers")
    sign_in(client, "nobody", "a password")
    sign_in(client, "selam")
    client.post_form("/account/logout")
    assert logged(any_app) == [
        ("sign-in-failed", None, "selam"),
        ("sign-in-failed", None, None),
        ("sign-in", "selam", None),
        ("sign-out", "selam", None),
    ]


def test_what_was_typed_is_not_logged(app, client):
    sign_in(client, "hunter2", "hunter3")
    event = last(app)
    assert (event.action, event.subject) == ("sign-in-failed", "")


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2:3::4", "2001:db8:1::/48")],
)
def test_a_network_is_logged_and_no_address(app, client, address, network):
    client.environ_base["REMOTE_ADDR"] = address
    sign_in(client, "selam", "wrong")
    assert last(app).network == network


def test_a_disabled_account_that_tries_is_logged(app, make_user, client):
    make_user("selam", is_enabled=False)
    sign_in(client, "selam")
    assert logged(app) == [("sign-in-failed", None, "selam")]


def test_signing_in_works_while_nothing_can_be_logged(app, make_user, client, monkeypatch):
    make_user("selam")

    def refuse(*_args, **_kwargs):
        raise StorageUnavailable("read-only")

    monkeypatch.setattr(failed_sign_ins, "write_transaction", refuse)
    monkeypatch.setattr("wiki.accounts.authentication.sessions.write_transaction", refuse)
    assert sign_in(client, "selam", "wrong").status_code == 422
    assert sign_in(client, "selam").status_code == 303
    assert logged(app) == []


@pytest.mark.settings(rate_limits=True)
def test_guessing_fills_no_disk(app, make_user, monkeypatch):
    monkeypatch.setattr(failed_sign_ins, "LOGGED_RATE_BY_NAME", "2 per hour")
    make_user("selam")
    for name in ("selam", "nobody"):  # alike, or the time of an answer would tell
        for n in range(3):
            browser = app.test_client()
            browser.environ_base["REMOTE_ADDR"] = f"203.0.{n}.7"
            sign_in(browser, name, "wrong")
    assert [about for _action, _by, about in logged(app)] == ["selam", "selam", None, None]


def test_a_sign_in_costs_no_transaction_of_its_own(app, make_user, client, queries):
    make_user("selam")
    form = client.open_form("/account/login")
    with queries() as seen:
        form.submit(username="selam", password=PASSWORD)
    assert sum("audit_event" in statement for statement in seen) == 1


def test_changes_of_accounts_are_logged(app, admin, client_of):
    selam = client_of("selam")
    admin.post_form("/admin/people/selam", role="mentor")
    assert last(app).subject == "learner → mentor"
    admin.post_form("/admin/people/selam", access="off")
    admin.post_form("/admin/people/selam", access="on")
    assert logged(app) == [
        ("role", "abeba", "selam"),
        ("disabled", "abeba", "selam"),
        ("enabled", "abeba", "selam"),
    ]
    sign_in(selam, "selam")
    new = "a new password of hers"
    selam.post_form(
        "/account/settings",
        email="selam@example.org",
        current_password=PASSWORD,
        password=new,
        password_confirm=new,
    )
    assert logged(app)[3:] == [
        ("sign-in", "selam", None),
        ("password", "selam", "selam"),
        ("email", "selam", "selam"),
    ]


def test_sessions_that_are_ended_are_logged(app, client, make_user):
    make_user("selam")
    sign_in(client, "selam")
    other = app.test_client()
    sign_in(other, "selam")
    form = client.open_form("/account/settings/sessions")
    client.post("/account/settings/sessions", data=dict(form.values, session=""))
    assert logged(app)[-1] == ("sessions-ended", "selam", None)


def test_commands_are_logged(app, admin, make_user):
    make_user("selam")
    runner = app.test_cli_runner()
    runner.invoke(args=["user", "role", "selam", "mentor"])
    runner.invoke(
        args=["user", "password", "selam", "--password-stdin"], input="another good one\n"
    )
    assert logged(app) == [("role", None, "selam"), ("password", None, "selam")]
    assert "on the command line" in main(admin.get("/admin/audit"))


# Nothing is taken back


@pytest.mark.parametrize("change", [delete(AuditEvent), update(AuditEvent).values(subject="else")])
def test_the_database_refuses_to_change_it(any_app, change):
    with any_app.app_context():
        with write_transaction() as session:
            log_event(session, "settings", by=None, subject="name")
        with pytest.raises(DatabaseError, match="only added to"), write_transaction() as session:
            session.execute(change)
        assert db.session.scalar(select(AuditEvent.subject)) == "name"


def test_an_erased_phrase_is_blacked_out_and_nothing_else(any_app):
    with any_app.app_context():
        with write_transaction() as session:
            log_event(session, "settings", by=None, subject="name: hunter2")
        with write_transaction() as session:
            session.execute(update(AuditEvent).values(subject="name: ████"))
        with pytest.raises(DatabaseError, match="only added to"), write_transaction() as session:
            session.execute(update(AuditEvent).values(subject="████", action="role"))
        assert db.session.scalar(select(AuditEvent.subject)) == "name: ████"


def test_every_action_has_a_label(app):
    code = "\n".join(file.read_text() for file in (ROOT / "wiki").rglob("*.py"))
    named = set(re.findall(r'log_(?:event\(\s*\w+|action\(\s*),?\s*"([\w-]+)"', code))
    assert {"erase", "rule-set", "sign-in-failed", "invitation"} <= named
    assert named - actions().keys() == set()
    assert max(map(len, actions())) <= 32


# Reading it


@pytest.fixture
def events(app, make_user):
    """Three events, of which the first is two days old."""
    selam, dawit = make_user("selam"), make_user("dawit")
    with app.app_context(), write_transaction() as session:
        log_event(session, "token", by=selam.id, subject="old")
        next(iter(session.new)).at = utcnow() - timedelta(days=2)
        session.flush()
        log_event(session, "token", by=dawit.id, subject="for the backup")
        log_event(session, "disabled", by=dawit.id, about=selam.id, subject="spam")


def subjects(text):
    return [word for word in ("old", "for the backup", "spam") if word in text]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["old", "for the backup", "spam"]),
        ("person=SELAM", ["old", "spam"]),
        ("person=dawit", ["for the backup", "spam"]),
        ("action=token", ["old", "for the backup"]),
        ("person=dawit&action=token", ["for the backup"]),
        ("until=2020-01-01", []),
        ("since={yesterday}", ["for the backup", "spam"]),
        ("until={yesterday}", ["old"]),
    ],
)
def test_it_is_filtered(admin, events, query, found):
    query = query.format(yesterday=(utcnow() - timedelta(days=1)).date())
    assert subjects(main(admin.get(f"/admin/audit?{query}"))) == found
    assert subjects(admin.get(f"/admin/audit.csv?{query}").text) == found


def test_a_filter_that_makes_no_sense_is_reported(admin):
    cases = [
        ("person=nobody", "person"),
        ("action=everything", "action"),
        ("since=yesterday", "since"),
        ("since=2026-01-02&until=2026-01-01", "until"),
    ]
    for query, field in cases:
        answer = admin.get(f"/admin/audit?{query}")
        assert answer.status_code == 422, query
        assert field_error(answer, field), query
        assert admin.get(f"/admin/audit.csv?{query}").status_code == 422, query


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_are_days(admin, day):
    assert admin.get(f"/admin/audit?since={day}").status_code == 200
    assert admin.get(f"/admin/audit?until={day}").status_code == 200


def test_the_table_holds_everything_in_batches(app, admin, events, monkeypatch):
    monkeypatch.setattr("wiki.accounts.audit_log.BATCH", 2)
    monkeypatch.setattr("wiki.admin.audit_views.BATCH", 2)
    answer = admin.get("/admin/audit.csv")
    assert answer.mimetype == "text/csv"
    assert "audit.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    # That it was taken is the newest entry of what was taken.
    assert [row["subject"] for row in rows] == ["", "spam", "for the backup", "old"]
    assert rows[1] | {"time": "", "network": ""} == {
        "time": "",
        "action": "disabled",
        "by": "dawit",
        "about": "selam",
        "subject": "spam",
        "network": "",
    }


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
def test_no_cell_is_a_formula(start):
    cell = f"{start}HYPERLINK(1)"
    assert without_formula(cell) == f"'{cell}"
    assert without_formula("a = b") == "a = b"


def test_a_formula_in_the_log_stays_text(app, admin):
    with app.app_context(), write_transaction() as session:
        log_event(session, "group-created", by=None, subject='=1+1;"x"')
    rows = list(csv.reader(io.StringIO(admin.get("/admin/audit.csv").text)))
    assert rows[2][4] == '\'=1+1;"x"'


def test_only_administrators_read_it(client_of, client):
    for address in ("/admin/audit", "/admin/audit.csv"):
        assert client_of("selam").get(address).status_code == 403
        assert client.get(address).status_code == 302
