"""Registering with an address in one of the wiki's domains, which a mailed link proves."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests import factories
from tests.factories import PASSWORD
from tests.mail_servers import MailServer, mail_settings, text_of
from tests.pages.visible_text import main
from tests.person import Person
from wiki.accounts.models import User
from wiki.accounts.registration.address_proof import make_proof
from wiki.accounts.registration.invitations import create_invitation
from wiki.accounts.users import user_by_identifier, user_by_name
from wiki.database import utcnow
from wiki.setting_types.email_domains import EmailDomains

ADDRESS = "selam@example.org"

pytestmark = pytest.mark.usefixtures("no_haste")


@pytest.fixture
def mailing_app(
    make_app: Callable[..., Flask], mail_server: MailServer, request: pytest.FixtureRequest
) -> Flask:
    marker = request.node.get_closest_marker("settings")
    domains = EmailDomains.of("example.org, uni.et")
    app = make_app(
        **mail_settings(mail_server),
        registration="domain",
        registration_domains=domains,
        **(marker.kwargs if marker else {}),
    )
    factories.make_user(app, "boss", role="admin")
    return app


def ask(app: Flask, address: str) -> Any:
    browser: Any = app.test_client()
    return browser.open_form("/account/register", has="email").submit(email=address)


def link_of(mail: EmailMessage) -> str:
    found = re.search(r"https://wiki\.example\.org(/account/register\S+)", text_of(mail))
    assert found, text_of(mail)
    return found[1]


def register(app: Flask, link: str, name: str = "selam", **fields: str) -> Any:
    browser: Any = app.test_client()
    page = browser.get(link)
    if page.status_code != 200:
        return page
    form = browser.form_in(page, link, has="username")
    return form.submit(username=name, password=PASSWORD, password_confirm=PASSWORD, **fields)


def user(app: Flask, name: str) -> User:
    with app.app_context():
        found = user_by_name(name)
        assert found is not None
        return found


SendMail = Callable[[], list[EmailMessage]]


def test_a_mailed_link_lets_an_address_of_the_domain_in(
    mailing_app: Flask, send_mail: SendMail
) -> None:
    assert ask(mailing_app, "Selam@EXAMPLE.org").status_code == 303
    (mail,) = send_mail()
    assert (mail["To"], mail["Subject"]) == ("Selam@example.org", "Register at Nexus")
    assert register(mailing_app, link_of(mail)).status_code == 303
    selam = user(mailing_app, "selam")
    assert (selam.email, selam.role) == ("Selam@example.org", "learner")
    assert selam.email_confirmed_at is not None
    assert not send_mail()  # nothing is left to be confirmed
    with mailing_app.app_context():
        assert user_by_identifier(ADDRESS).username == "selam"  # type: ignore[union-attr]


def test_another_address_gets_no_link(mailing_app: Flask, send_mail: SendMail) -> None:
    for address in ("selam@mail.example.org", "selam@evil.example", "nowhere", ""):
        answer = ask(mailing_app, address)
        assert answer.status_code == 422
        assert address in answer.text
    assert not send_mail()


def test_nobody_registers_without_a_link(mailing_app: Flask) -> None:
    browser: Any = mailing_app.test_client()
    form = browser.open_form("/account/register", has="email")
    answer = form.submit(
        username="selam", password=PASSWORD, password_confirm=PASSWORD, email=ADDRESS
    )
    assert answer.location == "/account/login"  # it is taken for the request of a link
    with mailing_app.app_context():
        assert user_by_name("selam") is None


def test_the_address_can_not_be_replaced(mailing_app: Flask, send_mail: SendMail) -> None:
    ask(mailing_app, ADDRESS)
    (mail,) = send_mail()
    assert register(mailing_app, link_of(mail), email="boss@uni.et").status_code == 303
    assert user(mailing_app, "selam").email == ADDRESS


def test_a_link_registers_once(mailing_app: Flask, send_mail: SendMail) -> None:
    ask(mailing_app, ADDRESS)
    (mail,) = send_mail()
    browser: Any = mailing_app.test_client()
    second = browser.open_form(link_of(mail), has="username")
    assert register(mailing_app, link_of(mail)).status_code == 303
    late = second.submit(username="dawit", password=PASSWORD, password_confirm=PASSWORD)
    assert late.status_code == 403
    assert "There is already an account with this e-mail address." in main(late)
    # Who asks once more learns it by mail, and by mail alone.
    assert ask(mailing_app, ADDRESS).location == "/account/login"
    (again,) = send_mail()
    assert "There is already an account with this address." in " ".join(text_of(again).split())
    assert "register?" not in text_of(again)


def test_a_link_expires_and_can_not_be_made_up(mailing_app: Flask, send_mail: SendMail) -> None:
    ask(mailing_app, ADDRESS)
    (mail,) = send_mail()
    link = link_of(mail)
    assert register(mailing_app, link[:-2]).status_code == 403
    assert register(mailing_app, "/account/register?address=selam@example.org").status_code == 403
    with time_machine.travel(utcnow() + timedelta(hours=25)):
        late = register(mailing_app, link)
    assert late.status_code == 403
    assert "This link has expired." in main(late)


def test_a_domain_that_was_taken_off_the_list_registers_no_more(mailing_app: Flask) -> None:
    with mailing_app.app_context():
        token = make_proof("selam@former.example")
    answer = register(mailing_app, f"/account/register?address={token}")
    assert answer.status_code == 403
    assert "You can’t register here with this e-mail address." in main(answer)


def test_an_invitation_needs_no_address(mailing_app: Flask) -> None:
    with mailing_app.app_context():
        token = create_invitation()
    assert register(mailing_app, f"/account/register?invite={token}").status_code == 303
    assert register(mailing_app, "/account/register?invite=x").status_code == 403


def test_an_address_that_somebody_only_claimed_is_its_owners(
    mailing_app: Flask, send_mail: SendMail
) -> None:
    factories.make_user(mailing_app, "dawit", email=ADDRESS)
    ask(mailing_app, ADDRESS)
    (mail,) = send_mail()
    assert register(mailing_app, link_of(mail)).status_code == 303
    with mailing_app.app_context():
        assert user_by_identifier(ADDRESS).username == "selam"  # type: ignore[union-attr]


@pytest.mark.settings(rate_limits=True)
def test_one_address_is_not_flooded(mailing_app: Flask, send_mail: SendMail) -> None:
    statuses = [ask(mailing_app, ADDRESS).status_code for _ in range(6)]
    assert statuses == [303] * 5 + [429]
    assert len(send_mail()) == 5


def test_the_page_names_the_domains_and_is_offered(mailing_client: Person) -> None:
    page = main(mailing_client.get("/account/register"))
    assert "example.org" in page
    assert "uni.et" in page
    assert "/account/register" in mailing_client.get("/account/login").text
