"""Signing in, registering and linking by a real provider of OpenID Connect."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.accounts.conftest import is_signed_in
from tests.accounts.openid.conftest import Arrive, at_provider
from tests.factories import PASSWORD
from tests.openid_provider import Provider
from tests.pages.visible_text import main
from tests.person import Person
from wiki.accounts.blocking.blocks import add_block
from wiki.accounts.models import User
from wiki.accounts.openid.models import ExternalIdentity
from wiki.accounts.registration.invitations import InvitationTerms, create_invitation
from wiki.accounts.users import user_by_name
from wiki.database import db, utcnow
from wiki.setting_types.email_domains import EmailDomains


def user(app: Flask, name: str) -> User | None:
    with app.app_context():
        return user_by_name(name)


def count_identities(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(ExternalIdentity)).all())


def test_somebody_unknown_registers_and_comes_back(
    app: Flask, selam: Person, arrive: Arrive
) -> None:
    assert is_signed_in(selam)
    found = user(app, "selam")
    assert found is not None
    assert (found.role, found.password_hash, found.email) == ("learner", None, None)
    phone: Any = app.test_client()
    assert "Sign in with School" in main(phone.get("/account/login"))
    assert arrive(phone, "/account/openid?next=/changes").location == "/changes"
    assert is_signed_in(phone)


def test_a_free_name_is_suggested_and_a_taken_one_comes_back(
    app: Flask, client: Person, arrive: Arrive, provider: Provider
) -> None:
    arrive(client)
    form = client.open_form("/account/openid/register")
    assert form.values["username"] == "Selam-T"
    answer = form.submit(username="boss")
    assert answer.status_code == 422
    assert 'value="boss"' in answer.text
    provider.who = {"sub": "u-2", "preferred_username": "boss"}
    other: Any = app.test_client()
    arrive(other)
    assert other.open_form("/account/openid/register").values["username"] == ""


def test_nobody_is_matched_by_an_address(
    app: Flask, client: Person, arrive: Arrive, provider: Provider
) -> None:
    factories.make_user(app, "dawit", email="dawit@example.org")
    provider.who |= {"email": "dawit@example.org", "email_verified": True}
    assert arrive(client).location == "/account/openid/register"
    assert not is_signed_in(client)
    assert count_identities(app) == 0


def test_the_same_subject_of_another_issuer_is_somebody_else(
    app: Flask, client: Person, arrive: Arrive
) -> None:
    with app.app_context():
        boss = user_by_name("boss")
        assert boss is not None
        other = ExternalIdentity(user_id=boss.id, issuer="https://elsewhere.example", subject="u-1")
        db.session.add(other)
        db.session.commit()
    assert arrive(client).location == "/account/openid/register"


def test_an_address_is_taken_over_if_the_provider_has_verified_it(
    app: Flask, client: Person, arrive: Arrive, provider: Provider
) -> None:
    provider.who |= {"email": "selam@example.org", "email_verified": True}
    arrive(client)
    assert client.post_form("/account/openid/register", username="selam").status_code == 303
    found = user(app, "selam")
    assert found is not None
    assert found.email == "selam@example.org"
    assert found.email_confirmed_at is not None


def test_an_address_that_an_account_has_confirmed_gets_no_second_one(
    app: Flask, client: Person, arrive: Arrive, provider: Provider
) -> None:
    provider.who |= {"email": "selam@example.org", "email_verified": True}
    arrive(client)
    client.post_form("/account/openid/register", username="selam")
    provider.who = {"sub": "u-2", "email": "SELAM@example.org", "email_verified": True}
    other: Any = app.test_client()
    arrive(other)
    answer = other.post_form("/account/openid/register", username="dawit")
    assert answer.status_code == 403
    assert "There is already an account with this e-mail address." in main(answer)
    assert user(app, "dawit") is None
    assert count_identities(app) == 1


@pytest.mark.settings(registration="domain", registration_domains=EmailDomains.of("example.org"))
@pytest.mark.parametrize(
    ("email", "is_verified", "status"),
    [
        ("selam@example.org", True, 303),
        ("selam@example.org", False, 403),
        ("selam@example.org", None, 403),
        ("selam@elsewhere.example", True, 403),
    ],
)
def test_where_domains_register_the_provider_must_have_verified_the_address(
    client: Person,
    arrive: Arrive,
    provider: Provider,
    *,
    email: str,
    is_verified: bool | None,
    status: int,
) -> None:
    provider.who |= {"email": email, "email_verified": is_verified}
    arrive(client)
    page = client.get("/account/openid/register")
    if page.status_code == 200:
        page = client.form_in(page, "/account/openid/register").submit(username="selam")
    assert page.status_code == status


@pytest.mark.settings(registration="closed")
def test_nobody_registers_where_it_is_closed(client: Person, arrive: Arrive) -> None:
    arrive(client)
    page = client.get("/account/openid/register")
    assert page.status_code == 403
    assert "Registration is closed." in page.text


@pytest.mark.settings(registration="invite")
def test_an_invitation_is_carried_through(app: Flask, client: Person, arrive: Arrive) -> None:
    with app.app_context():
        token = create_invitation(InvitationTerms(allowed=1))
    link = f"/account/register?invite={token}"
    assert f"/account/openid?invite={token}" in client.get(link).text
    arrive(client, f"/account/openid?invite={token}")
    assert client.post_form("/account/openid/register", username="selam").status_code == 303
    late: Any = app.test_client()
    assert late.get(link).status_code == 403


def test_who_is_signed_in_links_with_their_password(
    app: Flask, client_of: Callable[..., Person], arrive: Arrive
) -> None:
    dawit = client_of("dawit")
    assert dawit.get("/account/identities/link").location == "/account/identities"
    wrong = dawit.open_form("/account/identities", has="current_password").submit(
        current_password="wrong"
    )
    assert wrong.status_code == 422
    dawit.open_form("/account/identities", has="current_password").submit(current_password=PASSWORD)
    assert "Continue to School" in main(dawit.get("/account/identities"))
    assert arrive(dawit, "/account/identities/link").location == "/account/identities"
    assert "u-1" in main(dawit.get("/account/identities"))
    phone: Any = app.test_client()
    arrive(phone)
    assert "dawit" in phone.get("/account/settings").text


def test_an_identity_is_one_persons(
    app: Flask, selam: Person, client_of: Callable[..., Person], arrive: Arrive
) -> None:
    dawit = client_of("dawit")
    dawit.open_form("/account/identities", has="current_password").submit(current_password=PASSWORD)
    answer = arrive(dawit, "/account/identities/link")
    assert answer.status_code == 409
    assert "linked to another account" in main(answer)
    assert count_identities(app) == 1


def test_it_is_linked_to_who_began_alone(
    app: Flask, client_of: Callable[..., Person], sign_in: Callable[..., Any]
) -> None:
    dawit = client_of("dawit")
    factories.make_user(app, "hanna")
    dawit.open_form("/account/identities", has="current_password").submit(current_password=PASSWORD)
    back = at_provider(dawit.get("/account/identities/link"))
    session = dawit.get_cookie("nexus_session")
    dawit.post_form("/account/logout")
    sign_in("hanna", by=dawit)
    assert session is not None
    assert dawit.get(back).status_code == 400
    assert count_identities(app) == 0


def test_the_last_way_in_stays(app: Flask, selam: Person, client_of: Callable[..., Person]) -> None:
    address = "/account/identities/1/unlink"
    page = selam.get("/account/identities")
    answer = selam.form_in(page, address).submit()
    assert answer.status_code == 303
    assert "Set a password first" in main(selam.get("/account/identities"))
    # An administrator's link sets one; then it may go.
    boss = client_of("boss", role="admin")
    link = boss.open_form("/admin/people/selam", has="role")
    made = boss.post("/admin/people/selam/password", data={"csrf_token": link.values["csrf_token"]})
    token = made.text.partition("password?link=")[2].partition('"')[0]
    phone: Any = app.test_client()
    fields = {"password": PASSWORD, "password_confirm": PASSWORD}
    assert phone.post_form(f"/account/password?link={token}", **fields).status_code == 303
    login = phone.post_form("/account/login", username="selam", password=PASSWORD)
    assert login.status_code == 303
    page = phone.get("/account/identities")
    assert phone.form_in(page, address).submit().status_code == 303
    assert count_identities(app) == 0


def test_nobody_unlinks_for_others(
    app: Flask, selam: Person, client_of: Callable[..., Person]
) -> None:
    dawit = client_of("dawit")
    token = dawit.open_form("/account/settings").values["csrf_token"]
    address = "/account/identities/1/unlink"
    assert dawit.post(address, data={"csrf_token": token}).status_code == 404
    assert count_identities(app) == 1


def test_without_a_password_none_opens_the_account(
    app: Flask, selam: Person, sign_in: Callable[..., Any]
) -> None:
    for password in ("", "None", PASSWORD):
        assert sign_in("selam", password, by=app.test_client()).status_code == 422


def test_who_has_no_password_sets_one_closes_the_account_and_links_more(
    app: Flask, selam: Person, sign_in: Callable[..., Any]
) -> None:
    """They have just signed in: nothing else is asked."""
    settings = selam.get("/account/settings").text
    assert 'name="current_password"' not in settings
    assert "/account/openid?again=y" in settings
    assert selam.post_form("/account/identities").location == "/account/identities"
    assert "Continue to School" in main(selam.get("/account/identities"))
    new = {"password": "three blue lamps", "password_confirm": "three blue lamps"}
    assert selam.post_form("/account/settings", **new).status_code == 303
    assert sign_in("selam", "three blue lamps", by=app.test_client()).status_code == 303
    assert 'name="current_password"' in selam.get("/account/settings").text


def test_who_has_no_password_and_signed_in_long_ago_signs_in_again(
    app: Flask, selam: Person, arrive: Arrive
) -> None:
    with time_machine.travel(utcnow() + timedelta(minutes=11)):
        new = {"password": "three blue lamps", "password_confirm": "three blue lamps"}
        answer = selam.post_form("/account/settings", **new)
        assert answer.status_code == 422
        assert "Sign in again first." in main(answer)
        assert selam.post_form("/account/close", is_sure="y").status_code == 422
        assert selam.post_form("/account/identities").status_code == 422
    back = arrive(selam, "/account/openid?again=y&next=/account/close")
    assert back.location == "/account/close"
    assert selam.post_form("/account/close", is_sure="y").status_code == 303
    assert not is_signed_in(selam)


def test_a_disabled_account_stays_closed(
    app: Flask, selam: Person, client_of: Callable[..., Person], arrive: Arrive
) -> None:
    boss = client_of("boss", role="admin")
    boss.open_form("/admin/people/selam", has="role").submit(access="off")
    answer = arrive(app.test_client())
    assert answer.status_code == 403
    assert "This account is disabled." in main(answer)


def test_who_has_a_second_factor_is_asked_for_it(app: Flask, selam: Person, arrive: Arrive) -> None:
    from wiki.accounts.second_factor.codes import new_secret
    from wiki.accounts.second_factor.models import SecondFactor

    with app.app_context():
        found = user_by_name("selam")
        assert found is not None
        db.session.add(SecondFactor(user_id=found.id, secret=new_secret(), last_step=0))
        db.session.commit()
    phone: Any = app.test_client()
    assert (
        arrive(phone, "/account/openid?next=/changes").location
        == "/account/login/code?next=/changes"
    )
    assert not is_signed_in(phone)


def test_without_a_provider_there_is_nothing(make_app: Callable[..., Flask]) -> None:
    browser: Any = make_app().test_client()
    for address in ("/account/openid", "/account/openid/callback", "/account/openid/register"):
        assert browser.get(address).status_code == 404
    assert "/account/openid" not in browser.get("/account/login").text


def test_a_closed_account_keeps_no_identity(
    app: Flask, client_of: Callable[..., Person], arrive: Arrive
) -> None:
    dawit = client_of("dawit")
    dawit.open_form("/account/identities", has="current_password").submit(current_password=PASSWORD)
    arrive(dawit, "/account/identities/link")
    assert count_identities(app) == 1
    dawit.post_form("/account/close", current_password=PASSWORD, is_sure=True)
    assert count_identities(app) == 0


def test_nobody_signs_in_from_a_blocked_address(app: Flask, selam: Person) -> None:
    elsewhere: Any = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    back = at_provider(elsewhere.get("/account/openid"))
    with app.app_context():
        add_block("192.0.2.0/24", "spam", None, by=None, own_address=None)
    assert elsewhere.get(back).status_code == 403
    assert not is_signed_in(elsewhere)
