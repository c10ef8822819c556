"""Settings that administrators decide in the browser."""

from collections.abc import Callable
from email.headerregistry import Address
from html import unescape
from typing import Any

import pytest
from flask import Flask

from tests import factories
from tests.mail_servers import mail_settings
from tests.pages.visible_text import main
from tests.person import Person
from wiki import create_app
from wiki.accounts.registration_settings import REGISTRATION, registration_mode
from wiki.admin.options.change import (
    OptionsConflict,
    OptionsRefused,
    change_settings,
    settings_hash,
)
from wiki.app_state import settings_of
from wiki.database import db, write_transaction
from wiki.hub_settings.definitions import SettingSection, define_switch
from wiki.hub_settings.models import StoredSetting
from wiki.mail.message import mail_sender
from wiki.mail.sender import send_due
from wiki.setting_types.email_domains import EmailDomains


@pytest.fixture
def admin(client_of: Callable[..., Person]) -> Person:
    return client_of("abeba", role="admin")


def change(app: Flask, **values: str) -> None:
    with app.test_request_context():
        change_settings(values, since=settings_hash(), by=None)


def save(admin: Person, **fields: Any) -> Any:
    return admin.open_form("/admin/options", has="registration").submit(**fields)


def test_registration_is_closed_at_once_for_every_process(
    any_app: Flask, admin: Person, client: Person, make_page: Callable[..., Any]
) -> None:
    make_page("redis")
    other = create_app(settings_of(any_app))
    other.testing = True
    offered = "/account/register"
    for app in (any_app, other):
        assert offered in app.test_client().get("/wiki/redis").text
        assert app.test_client().get("/account/register").status_code == 200
    assert save(admin, registration="closed").status_code == 303
    for app in (any_app, other):
        assert offered not in app.test_client().get("/wiki/redis").text
        assert app.test_client().get("/account/register").status_code == 403
    with other.app_context():
        db.engine.dispose()


def test_a_view_of_a_page_still_asks_once(
    admin: Person, client: Person, make_page: Callable[..., Any], queries: Callable[..., Any]
) -> None:
    make_page("redis")
    save(admin, registration="closed")
    client.get("/wiki/redis")
    admin.get("/wiki/redis")
    with queries(at_most=1):
        client.get("/wiki/redis")


@pytest.mark.settings(registration="invite")
def test_the_host_has_the_last_word_and_the_page_says_so(app: Flask, admin: Person) -> None:
    change(app, registration="open")
    page = admin.get("/admin/options").text
    assert "People with an invitation</bdi>" in page
    assert "<code>NEXUS_REGISTRATION</code>" in page
    assert 'name="registration"' not in page
    answer = admin.post_form("/admin/options", registration="open", mail_name="")
    assert answer.status_code in (303, 409)
    with app.test_request_context():
        assert registration_mode() == "invite"


def test_what_is_stored_is_ready_when_the_host_takes_its_word_back(
    make_app: Callable[..., Flask],
) -> None:
    change(make_app(), registration="invite")
    with make_app(registration="open").test_request_context():
        assert registration_mode() == "open"
    with make_app().test_request_context():
        assert registration_mode() == "invite"


def test_each_change_is_in_the_audit_log(any_app: Flask, admin: Person) -> None:
    save(admin, registration="invite", mail_name="  The   hub ")
    log = main(admin.get("/admin/audit"))
    assert "registration: open → invite" in log
    assert "mail_name: – → The hub" in log
    save(admin)
    assert main(admin.get("/admin/audit")).count("registration:") == log.count("registration:")


def test_two_administrators_at_once(app: Flask, client_of: Callable[..., Person]) -> None:
    abeba, dawit = client_of("abeba", role="admin"), client_of("dawit", role="admin")
    hers = abeba.open_form("/admin/options", has="registration")
    save(dawit, registration="invite")
    answer = hers.submit(mail_name="Hub")
    assert answer.status_code == 409
    assert "Somebody else has changed this" in answer.text
    assert 'value="Hub"' in answer.text
    with app.test_request_context():
        assert REGISTRATION.current() == "invite"


def test_a_conflict_is_noticed_under_the_lock(context: Flask) -> None:
    with pytest.raises(OptionsConflict):
        change_settings({"registration": "closed"}, since="0" * 16, by=None)
    assert REGISTRATION.current() == "open"


def test_what_cannot_be_used_comes_back_with_what_to_do(app: Flask, admin: Person) -> None:
    cases = [
        ({"registration": "sometimes"}, "Choose one of these."),
        ({"registration": "domain"}, "Enter the domains whose addresses may register."),
        ({"registration": "domain"}, "no mail server is set"),
        ({"registration_domains": "not a domain"}, "“not” is not a domain"),
        ({"registration_domains": "ሰላም"}, "“ሰላም” is not a domain"),
        ({"mail_name": "x" * 61}, "Shorten it to 60 characters."),
        ({"mail_name": "Hub\u202e"}, "Remove the invisible characters"),
        ({"mail_address": "wiki"}, "That is no e-mail address."),
        ({"mail_address": "a@b.example, c@d.example"}, "That is no e-mail address."),
        ({"mail_address": "a@b.example Bcc: c@d.example"}, "That is no e-mail address."),
        ({"mail_address": "Hub <wiki@example.org>"}, "Write the address alone here"),
    ]
    for written, said in cases:
        answer = save(admin, **written)
        assert answer.status_code == 422, written
        assert said in main(answer), written
        assert all(
            value in unescape(answer.text)
            for name, value in written.items()
            if name != "registration"
        ), written
        with app.app_context():
            assert db.session.query(StoredSetting).count() == 0, written


def test_registration_by_domain_needs_a_mail_server_that_stays(
    make_app: Callable[..., Flask], mail_server: Any
) -> None:
    mailing = make_app(**mail_settings(mail_server))
    change(mailing, registration="domain", registration_domains="example.org, *.uni.et")
    with mailing.test_request_context():
        assert registration_mode() == "domain"
    with make_app().test_request_context():
        assert registration_mode() == "invite"  # nobody could prove an address


def test_domains_of_the_host_go_with_a_choice_of_administrators(
    make_app: Callable[..., Flask], mail_server: Any
) -> None:
    domains = EmailDomains.of("example.org")
    app = make_app(**mail_settings(mail_server), registration_domains=domains)
    change(app, registration="domain")
    with app.test_request_context():
        assert registration_mode() == "domain"


def test_a_choice_of_a_newer_version_opens_nothing(context: Flask) -> None:
    with write_transaction() as session:
        session.add(StoredSetting(name="registration", value="lottery"))
        session.add(StoredSetting(name="unknown", value="?"))
    assert registration_mode() == "closed"


def test_mail_comes_from_the_name_that_administrators_chose(
    make_app: Callable[..., Flask], mail_server: Any
) -> None:
    nameless = Address(addr_spec="wiki@example.org")
    app = make_app(**mail_settings(mail_server) | {"mail_from": nameless})
    change(app, mail_name="ALX “Hub”, <Addis>")
    with app.app_context():
        assert str(mail_sender()) == '"ALX “Hub”, <Addis>" <wiki@example.org>'
    named = Address("Host", addr_spec="wiki@example.org")
    with make_app(**mail_settings(mail_server) | {"mail_from": named}).app_context():
        assert mail_sender().display_name == "Host"


def test_administrators_enter_the_address_that_mail_comes_from(
    make_app: Callable[..., Flask], mail_server: Any
) -> None:
    """Where the host leaves it to them; without one nothing is queued or sent."""
    app = make_app(**mail_settings(mail_server) | {"mail_from": None})
    boss = factories.client_of(app, factories.make_user(app, "boss", role="admin"))
    assert "Mail has no sender" in main(boss.get("/admin/mail"))
    assert "Forgotten your password?" not in app.test_client().get("/account/login").text
    assert boss.post_form("/admin/options", mail_address=" hub@example.org ").status_code == 303
    assert "Forgotten your password?" in app.test_client().get("/account/login").text
    assert "hub@example.org" in main(boss.get("/admin/mail"))
    form = boss.open_form("/admin/mail", has="recipient")
    assert form.submit(recipient="a@example.org").status_code == 303
    # Taken away again, what is queued waits for the next one.
    assert boss.post_form("/admin/options", mail_address="").status_code == 303
    with app.app_context():
        send_due()
        assert mail_server.mails == []
    assert boss.post_form("/admin/options", mail_address="alx@example.org").status_code == 303
    with app.app_context():
        send_due()
    (mail,) = mail_server.mails
    assert mail["From"] == "Nexus <alx@example.org>"


def test_the_address_that_the_host_gives_is_only_shown(
    make_app: Callable[..., Flask], mail_server: Any
) -> None:
    app = make_app(**mail_settings(mail_server))
    boss = factories.client_of(app, factories.make_user(app, "boss", role="admin"))
    form = boss.open_form("/admin/options", has="registration")
    assert "mail_address" not in form.names
    assert "wiki@example.org" in main(boss.get("/admin/options"))
    assert form.submit(mail_address="other@example.org").status_code == 303
    with app.app_context():
        assert mail_sender().addr_spec == "wiki@example.org"
        assert db.session.query(StoredSetting).count() == 0


def test_domains_need_a_sender_of_mail_to_be_proven(
    make_app: Callable[..., Flask], mail_server: Any
) -> None:
    app = make_app(**mail_settings(mail_server) | {"mail_from": None})
    domains = {"registration": "domain", "registration_domains": "example.org"}
    with pytest.raises(OptionsRefused, match="registration"):
        change(app, **domains)
    change(app, **domains, mail_address="hub@example.org")
    with pytest.raises(OptionsRefused, match="registration"):
        change(app, mail_address="")


def test_a_name_can_be_defined_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        define_switch("registration", "Again", section=SettingSection.SEARCH)


def test_strangers_and_members_decide_nothing(
    client: Person, client_of: Callable[..., Person]
) -> None:
    assert client.get("/admin/options").location.startswith("/account/login")
    assert client_of("hanna", role="mentor").get("/admin/options").status_code == 403
