"""What invitations give, and those that mentors of a group create."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import PASSWORD
from tests.person import Person
from wiki.access.groups import membership
from wiki.access.groups.membership import create_group, groups_of_user, set_mentor
from wiki.accounts.blocking.blocks import add_block
from wiki.accounts.cli import user_group
from wiki.accounts.models import Invitation, Role
from wiki.accounts.registration.invitations import (
    InvitationTerms,
    UnknownGroup,
    create_invitation,
    revoke_invitation,
)
from wiki.accounts.users import change_user, user_by_name
from wiki.database import db

pytestmark = pytest.mark.settings(registration="invite")


@pytest.fixture
def boss(client_of: Callable[..., Person]) -> Person:
    return client_of("boss", role="admin")


@pytest.fixture
def cohort(app: Flask) -> int:
    with app.app_context():
        return create_group("Backend 3", by=None)


@pytest.fixture
def mentor(app: Flask, client_of: Callable[..., Person], boss: Person, cohort: int) -> Person:
    """A learner who decides who is in the group."""
    selam = client_of("selam")
    with app.app_context():
        membership.add_members(cohort, ["selam"], by=None)
        selam_id = user_by_name("selam").id  # type: ignore[union-attr]
        set_mentor(cohort, selam_id, is_mentor=True, by=None)
    return selam


def register(app: Flask, token: str, name: str) -> int:
    """The status of a registration with an invitation."""
    fields = {"username": name, "password": PASSWORD, "password_confirm": PASSWORD}
    browser: Any = app.test_client()
    link = f"/account/register?invite={token}"
    opened = browser.get(link)
    if opened.status_code != 200:
        return int(opened.status_code)
    return int(browser.form_in(opened, link).submit(**fields).status_code)


def who(app: Flask, name: str) -> tuple[str, list[str]]:
    """Somebody's role, and their groups."""
    with app.app_context():
        person = user_by_name(name)
        assert person is not None
        return person.role, [group for _, group in groups_of_user(person.id)]


def token_in(page: str) -> str:
    found = re.search(r'value="[^"]+invite=([^"]+)"', page)
    assert found, page
    return found[1]


def test_who_is_invited_gets_the_role_and_the_groups(
    any_app: Flask, make_user: Callable[..., Any]
) -> None:
    make_user("boss", role="admin")
    with any_app.app_context():
        boss = user_by_name("boss").id  # type: ignore[union-attr]
        groups = frozenset(create_group(name, by=None) for name in ("Backend 3", "Testing"))
        token = create_invitation(InvitationTerms(role=Role.MENTOR, groups=groups), by=boss)
    assert register(any_app, token, "dawit") == 303
    assert who(any_app, "dawit") == ("mentor", ["Backend 3", "Testing"])
    with any_app.app_context():
        (joined,) = {
            member.added_by_id for member in db.session.scalars(select(membership.Membership))
        }
        assert joined == boss


def test_an_administrator_chooses_them(app: Flask, boss: Person, cohort: int) -> None:
    form = boss.open_form("/admin/invitations", has="note")
    answer = form.submit(role="reader", groups=[str(cohort)])
    assert register(app, token_in(answer.text), "dawit") == 303
    assert who(app, "dawit") == ("reader", ["Backend 3"])
    listed = " ".join(boss.get("/admin/invitations").text.split())
    assert "as Reader" in listed
    assert "<bdi>Backend 3</bdi>" in listed
    log = boss.get("/admin/audit?person=dawit").text
    assert "Added to a group" in log
    assert "Backend 3" in log


@pytest.mark.parametrize("forged", [{"role": "admin"}, {"groups": ["77"]}, {"groups": ["x"]}])
@pytest.mark.usefixtures("cohort")
def test_no_link_makes_an_administrator_or_leads_into_no_group(
    app: Flask, boss: Person, forged: dict[str, Any]
) -> None:
    answer = boss.open_form("/admin/invitations", has="note").submit(note="Class 7", **forged)
    assert answer.status_code == 422
    assert "Class 7" in answer.text
    with app.app_context():
        assert db.session.scalar(select(Invitation.id)) is None


def test_a_group_that_is_gone_is_reported(app: Flask, cohort: int) -> None:
    with app.app_context(), pytest.raises(UnknownGroup):
        create_invitation(InvitationTerms(groups=frozenset({cohort, 77})))


@pytest.mark.settings(registration="open")
def test_an_invitation_that_has_ended_gives_nothing(
    app: Flask, make_user: Callable[..., Any], cohort: int
) -> None:
    make_user("boss", role="admin")
    with app.app_context():
        terms = InvitationTerms(role=Role.MENTOR, groups=frozenset({cohort}))
        token = create_invitation(terms)
        revoke_invitation(1)
    assert register(app, token, "dawit") == 303
    assert who(app, "dawit") == ("learner", [])


@pytest.mark.settings(registration="open")
def test_the_first_person_is_administrator_whatever_the_link(app: Flask) -> None:
    with app.app_context():
        token = create_invitation(InvitationTerms(role=Role.READER))
    assert register(app, token, "dawit") == 303
    assert who(app, "dawit") == ("admin", [])


def test_the_command_invites_into_groups(app: Flask, boss: Person, cohort: int) -> None:
    runner = app.test_cli_runner()
    options = ["invite", "--role", "reader", "--group", "backend 3", "--people", "1"]
    link = runner.invoke(user_group, options).stdout.strip()
    assert register(app, link.partition("invite=")[2], "dawit") == 303
    assert who(app, "dawit") == ("reader", ["Backend 3"])
    listed = runner.invoke(user_group, ["invitations"]).stdout
    assert listed.rstrip().endswith("\treader\tBackend 3")
    refused = runner.invoke(user_group, ["invite", "--group", "Frontend"])
    assert (refused.exit_code, "no group 'Frontend'" in refused.stderr) == (1, True)
    assert runner.invoke(user_group, ["invite", "--role", "admin"]).exit_code == 2


def test_a_mentor_invites_into_their_group(app: Flask, mentor: Person, cohort: int) -> None:
    address = f"/groups/{cohort}/invitations"
    assert address in mentor.get(f"/groups/{cohort}").text
    answer = mentor.open_form(address, has="note").submit(note="Spring", people="1")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    token = token_in(answer.text)
    assert register(app, token, "dawit") == 303
    assert register(app, token, "hanna") == 403
    assert who(app, "dawit") == ("learner", ["Backend 3"])
    listed = mentor.get(address).text
    assert "Spring" in listed
    assert "used up" in listed


def test_a_reader_who_is_mentor_of_a_group_makes_no_learners(
    app: Flask, mentor: Person, cohort: int
) -> None:
    with app.app_context():
        change_user("selam", Role.READER)
    address = f"/groups/{cohort}/invitations"
    form = mentor.open_form(address, has="note")
    assert form.submit(role="learner").status_code == 422
    token = token_in(mentor.open_form(address, has="note").submit(role="reader").text)
    assert register(app, token, "dawit") == 303
    assert who(app, "dawit") == ("reader", ["Backend 3"])


def test_a_mentor_learns_of_no_other_groups(app: Flask, mentor: Person, cohort: int) -> None:
    with app.app_context():
        other = create_group("Layoffs", by=None)
        create_invitation(InvitationTerms("Spring", groups=frozenset({cohort, other})))
    listed = mentor.get(f"/groups/{cohort}/invitations").text
    assert "Spring" in listed
    assert "Layoffs" not in listed


def test_a_mentor_makes_no_mentors(app: Flask, mentor: Person, cohort: int) -> None:
    form = mentor.open_form(f"/groups/{cohort}/invitations", has="note")
    answer = form.submit(role="mentor", note="Spring")
    assert answer.status_code == 422
    assert "Spring" in answer.text
    with app.app_context():
        other = create_group("Testing", by=None)
    token = token_in(form.submit(groups=[str(other)]).text)
    assert register(app, token, "dawit") == 303
    assert who(app, "dawit") == ("learner", ["Backend 3"])


def test_only_those_who_manage_a_group_invite_into_it(
    app: Flask, mentor: Person, client_of: Callable[..., Person], cohort: int
) -> None:
    address = f"/groups/{cohort}/invitations"
    stranger, member = client_of("hanna"), client_of("yonas")
    with app.app_context():
        membership.add_members(cohort, ["yonas"], by=None)
    for person, status in ((stranger, 404), (member, 403)):
        token = person.open_form("/account/settings").values["csrf_token"]
        assert person.get(address).status_code == status
        for where in (address, f"{address}/1/revoke"):
            assert person.post(where, data={"csrf_token": token}).status_code == status


def test_a_mentor_revokes_invitations_into_their_group_only(
    app: Flask, mentor: Person, cohort: int
) -> None:
    with app.app_context():
        token = create_invitation(InvitationTerms(groups=frozenset({cohort})))
        other = create_invitation()
    address = f"/groups/{cohort}/invitations"
    page = mentor.get(address)
    form = mentor.form_in(page, f"{address}/1/revoke")
    assert form.submit().status_code == 303
    data = {"csrf_token": form.values["csrf_token"]}
    assert mentor.post(f"{address}/2/revoke", data=data).status_code == 404
    assert register(app, token, "dawit") == 403
    assert register(app, other, "dawit") == 303


@pytest.mark.parametrize("action", ["remove", "unmentor"])
def test_who_may_no_longer_invite_has_invited_nobody(
    app: Flask, boss: Person, mentor: Person, cohort: int, action: str
) -> None:
    address = f"/groups/{cohort}"
    token = token_in(mentor.open_form(f"{address}/invitations", has="note").submit().text)
    other = token_in(boss.open_form(f"{address}/invitations", has="note").submit().text)
    values = {"csrf_token": boss.open_form(address, has="names").values["csrf_token"]}
    with app.app_context():
        selam_id = user_by_name("selam").id  # type: ignore[union-attr]
    assert boss.post(address, data={**values, action: selam_id}).status_code == 303
    assert register(app, token, "dawit") == 403
    assert register(app, other, "dawit") == 303


def test_who_is_blocked_gets_no_other_account(app: Flask, mentor: Person, cohort: int) -> None:
    form = mentor.open_form(f"/groups/{cohort}/invitations", has="note")
    token = token_in(form.submit().text)
    with app.app_context():
        add_block("selam", "Advertising.", None, by=None, own_address=None)
    assert register(app, token, "selam-again") == 403


@pytest.mark.parametrize("change", [{"is_enabled": False}, {"role": Role.MENTOR}])
def test_an_administrator_who_is_dismissed_comes_back_by_no_link(
    any_app: Flask, make_user: Callable[..., Any], change: dict[str, Any]
) -> None:
    for name in ("boss", "other"):
        make_user(name, role="admin")
    with any_app.app_context():
        boss = user_by_name("boss").id  # type: ignore[union-attr]
        token = create_invitation(InvitationTerms(role=Role.MENTOR), by=boss)
        other = create_invitation(InvitationTerms(role=Role.MENTOR), by=boss + 1)
        change_user("boss", **change)
    assert register(any_app, token, "dawit") == 403
    assert register(any_app, other, "dawit") == 303


def test_a_deleted_group_takes_its_invitations_along(app: Flask, boss: Person, cohort: int) -> None:
    with app.app_context():
        token = create_invitation(InvitationTerms(groups=frozenset({cohort})))
    assert boss.post_form(f"/groups/{cohort}/delete").status_code == 303
    assert register(app, token, "dawit") == 403
    assert "revoked" in boss.get("/admin/invitations").text


@pytest.mark.settings(registration="closed")
def test_nobody_is_invited_where_registration_is_closed(
    app: Flask, boss: Person, cohort: int
) -> None:
    page = boss.get(f"/groups/{cohort}/invitations").text
    assert "Registration is closed, even with an invitation." in page
    assert "Create an invitation" not in page
