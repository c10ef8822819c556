"""The pages of checks: each says what is wrong, and how to mend it."""

import re
import shutil
import sqlite3
from collections import namedtuple
from contextlib import closing
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from tests.databases import KEY
from tests.mail_servers import mail_settings
from tests.pages.visible_text import main
from wiki.accounts.audit_log import AuditEvent, log_event
from wiki.accounts.passkeys.models import Passkey
from wiki.accounts.second_factor.models import SecondFactor
from wiki.accounts.tokens.models import AccessToken
from wiki.admin import health_checks
from wiki.app_state import settings_of
from wiki.database import db, utcnow, write_transaction
from wiki.mail import queue
from wiki.mail.kinds import TEST
from wiki.mail.models import Mail, MailState
from wiki.ops.audit_entry import log_in_file
from wiki.pages.protection.rule_changes import RuleTerms, set_rule


@pytest.fixture
def admin(client_of):
    return client_of("abeba", role="admin")


def checks(person, page="health"):
    """What is found wrong, by name."""
    text = person.get(f"/admin/{page}").text
    found = re.findall(r'page-list-title">(.*?) <span[^>]*>(.*?)</span></p>\s*<p>(.*?)</p>', text)
    return {
        unescape(name): re.sub("<[^>]*>", "", unescape(words))
        for name, state, words in found
        if state == "look at this"
    }


def told(person, page="health"):
    return main(person.get(f"/admin/{page}"))


# Health


def test_a_healthy_wiki_has_nothing_to_do(any_app, admin, make_page, index_now):
    make_page("redis")
    index_now()
    with any_app.app_context(), write_transaction() as session:
        log_event(session, "backup", by=None)
    assert checks(admin) == {}
    assert "Nothing to do." in told(admin)
    assert "up to date" in told(admin)


def test_an_index_that_lags_is_reported(app, admin, make_page, index_now, monkeypatch):
    make_page("redis")
    index_now()
    make_page("celery")
    assert "1 page waits" in told(admin)
    assert "Search index" not in checks(admin)
    monkeypatch.setattr(health_checks, "LAG_LIMIT", timedelta(0))
    assert "1 page waits" in checks(admin)["Search index"]


def test_a_missing_index_is_reported(admin):
    assert "Search index" in checks(admin)
    assert "nexus search rebuild" in told(admin)


def test_a_full_disk_is_reported(admin, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage(10**11, 95 * 10**9, 5 * 10**9))
    assert checks(admin)["Disk of the instance folder"] == "5.0 GB free of 100.0 GB"


def test_backups_are_asked_for_and_their_age_is_reported(app, admin):
    assert checks(admin)["Last backup"] == "none"
    with app.app_context(), write_transaction() as session:
        log_event(session, "backup", by=None)
        next(iter(session.new)).at = utcnow() - timedelta(days=20)
    assert checks(admin)["Last backup"] == "3 weeks ago"


def test_the_command_is_known_to_have_run(admin, app, tmp_path, monkeypatch):
    monkeypatch.setenv("NEXUS_INSTANCE", app.instance_path)
    monkeypatch.setenv("NEXUS_SECRET_KEY", KEY)
    answer = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "b.tar.gz")])
    assert answer.exit_code == 0, answer.output
    assert "Last backup" not in checks(admin)
    assert "Backup written" in main(admin.get("/admin/audit"))


def test_a_file_without_a_log_is_left_alone(tmp_path):
    file = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE page (id)")
    assert not log_in_file(file, "backup")
    assert not log_in_file(tmp_path / "none.sqlite3", "backup")
    assert not (tmp_path / "none.sqlite3").exists()


def test_an_entry_written_into_the_file_is_read_as_any_other(app):
    file = settings_of(app).database_file
    assert log_in_file(file, "restore")
    with app.app_context():
        event = db.session.scalar(db.select(AuditEvent))
        assert (event.action, event.by_id, event.network) == ("restore", None, "")
        assert utcnow() - event.at < timedelta(minutes=5)


def test_mail_is_reported(app, admin, make_app, mail_server):
    assert "not set up" in told(admin)
    with make_app(**mail_settings(mail_server) | {"mail_from": None}).app_context():
        assert (health_checks._mail().state, health_checks._mail().found) == ("warn", "no sender")
    with make_app(**mail_settings(mail_server)).app_context():
        with write_transaction() as session:
            for _ in range(2):
                queue.enqueue(session, TEST, "a@example.org")
        assert health_checks._mail().state == "ok"
        with write_transaction() as session:
            session.execute(db.update(Mail).values(state=MailState.FAILED))
        assert health_checks._mail().found == "0 waiting, 2 failed"
        assert health_checks._mail().state == "warn"


def test_a_check_that_breaks_is_reported_and_the_others_stay(admin, monkeypatch):
    def fail(_folder):
        raise PermissionError

    monkeypatch.setattr(shutil, "disk_usage", fail)
    assert checks(admin)["A check failed"] == "PermissionError"
    assert "Versions" in told(admin)


# Security

CAREFUL = {
    "base_url": "https://wiki.example.org",
    "registration": "invite",
    "rate_limits": True,
}


@pytest.mark.settings(**CAREFUL)
def test_a_careful_set_up_has_nothing_to_do(app, admin):
    with app.app_context(), write_transaction() as session:
        session.add(SecondFactor(user_id=1, secret="x", last_step=0))
    assert checks(admin, "security") == {}
    assert "Nothing to do." in told(admin, "security")


def test_what_is_careless_is_reported(admin):
    found = checks(admin, "security")
    assert found["Address"] == "taken from each request"
    assert found["Cookies"] == "without Secure"
    assert found["Registration"] == "open, and new people can edit immediately"
    assert found["Administrators’ second factor"] == "missing: abeba"
    assert found["Limits on attempts"] == "off"
    for mended in ("NEXUS_BASE_URL=https://", "/admin/options", "NEXUS_RATE_LIMITS"):
        assert mended in told(admin, "security")


@pytest.mark.settings(base_url="http://wiki.example.org")
def test_plain_http_is_reported(admin):
    assert checks(admin, "security")["Address"] == "http://wiki.example.org"


@pytest.mark.settings(secret_key="a" * 40)
def test_a_key_that_is_easy_to_guess_is_reported(admin):
    assert "Secret key" in checks(admin, "security")


def test_a_folder_that_others_read_is_reported(app, admin):
    assert "Instance folder" not in checks(admin, "security")
    Path(app.instance_path).chmod(0o755)
    assert "Instance folder" in checks(admin, "security")
    assert f"chmod 700 {app.instance_path}" in told(admin, "security")


def test_a_proxy_that_nobody_counts_is_reported(admin):
    assert "Trusted proxies" not in checks(admin, "security")
    admin.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.7"
    assert "Trusted proxies" in checks(admin, "security")


@pytest.mark.settings(proxies=1)
def test_a_proxy_that_is_not_there_is_reported(admin):
    assert "Trusted proxies" in checks(admin, "security")
    admin.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.7"
    assert "Trusted proxies" not in checks(admin, "security")


@pytest.mark.settings(public_reading=False)
def test_rules_that_a_setting_hides_are_reported(admin):
    assert "everybody by rules" in checks(admin, "security")["Reading"]


def test_open_registration_is_fine_where_mentors_edit(app, admin):
    with app.app_context():
        set_rule("", RuleTerms("tree", 0, 3), by=None)
    assert "Registration" not in checks(admin, "security")


def test_a_passkey_is_a_second_factor(app, admin):
    with app.app_context(), write_transaction() as session:
        session.add(Passkey(user_id=1, name="a", credential_id="x", public_key=b"x", sign_count=0))
    assert "Administrators’ second factor" not in checks(admin, "security")


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        ({"created_at": timedelta(days=200)}, True),
        ({"created_at": timedelta(days=200), "used_at": timedelta(days=100)}, True),
        ({"created_at": timedelta(days=200), "used_at": timedelta(days=1)}, False),
        ({"created_at": timedelta(days=200), "revoked_at": timedelta(days=1)}, False),
        ({"created_at": timedelta(days=1)}, False),
    ],
)
def test_forgotten_tokens_are_reported(app, admin, fields, is_told):
    with app.app_context(), write_transaction() as session:
        times = {name: utcnow() - age for name, age in fields.items()}
        ends = utcnow() + timedelta(days=100)
        fixed = {"name": "a", "token_hash": "x", "scope": "read", "expires_at": ends}
        session.add(AccessToken(user_id=1, **fixed, **times))
    assert ("Access tokens" in checks(admin, "security")) == is_told


@pytest.mark.parametrize("address", ["/admin/health", "/admin/security"])
def test_only_administrators_read_them(client_of, client, address):
    assert client_of("selam").get(address).status_code == 403
    assert client.get(address).status_code == 302
