"""Who may register: NEXUS_REGISTRATION and invitations."""

import re
import threading
from html import unescape
from urllib.parse import urlsplit

import pytest
import time_machine
from itsdangerous import URLSafeTimedSerializer

from tests.factories import PASSWORD
from tests.pages.visible_text import main
from wiki.accounts.authentication import login_limits
from wiki.accounts.cli import user_group
from wiki.accounts.models import Role, User
from wiki.accounts.registration.invitations import create_invitation, invitations
from wiki.accounts.users import change_user
from wiki.database import db


def invitation(app, *options: str) -> str:
    """The link that the command prints, without the wiki's address."""
    result = app.test_cli_runner().invoke(user_group, ["invite", *options])
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def register_with(app, link: str, name: str):
    fields = {"password": PASSWORD, "password_confirm": PASSWORD}
    return app.test_client().post_form(link, username=name, **fields)


@pytest.mark.settings(registration="closed")
def test_nobody_registers_where_it_is_closed(client, make_user):
    make_user("selam")
    answer = client.get("/account/register")
    assert answer.status_code == 403
    assert "Registration is closed." in answer.text


@pytest.mark.settings(registration="closed")
def test_a_form_opened_before_somebody_was_first_is_refused(app, client, make_user):
    form = client.open_form("/account/register")
    make_user("selam")
    answer = form.submit(username="dawit", password="good battery", password_confirm="good battery")
    assert answer.status_code == 403


@pytest.mark.settings(registration="invite")
def test_without_an_invitation_the_page_says_what_to_do(client, make_user):
    make_user("selam")
    answer = client.get("/account/register")
    assert answer.status_code == 403
    assert "You need an invitation" in answer.text


@pytest.mark.settings(registration="invite")
def test_an_invitation_opens_the_door(app, client, make_user):
    make_user("selam")
    answer = client.post_form(
        invitation(app), username="dawit", password="good battery", password_confirm="good battery"
    )
    assert answer.status_code == 303


@pytest.mark.settings(registration="invite")
def test_an_invitation_lasts_a_week(app, client, make_user):
    make_user("selam")
    link = invitation(app)
    with time_machine.travel(6.9 * 86_400 + time_machine_now()):
        assert client.get(link).status_code == 200
    with time_machine.travel(7.1 * 86_400 + time_machine_now()):
        answer = client.get(link)
    assert answer.status_code == 403
    assert "has expired" in answer.text


def time_machine_now() -> float:
    import time

    return time.time()


@pytest.mark.settings(registration="invite")
def test_a_mangled_invitation_is_refused(app, client, make_user):
    make_user("selam")
    token = invitation(app).partition("invite=")[2]
    cases = [lambda t: t[:-3], lambda t: "x" + t, lambda t: "ü", lambda t: "."]
    for change in cases:
        answer = client.get("/account/register", query_string={"invite": change(token)})
        assert answer.status_code == 403, change
        assert "is incomplete" in unescape(answer.text), change


@pytest.mark.settings(registration="invite")
def test_a_link_of_an_earlier_version_works_and_is_listed_and_revoked(app, client_of, make_user):
    with app.app_context():
        signer = URLSafeTimedSerializer(app.secret_key, salt="nexus invitation")
        link = f"/account/register?invite={signer.dumps('register')}"
        foreign = URLSafeTimedSerializer("another wiki’s key", salt="nexus invitation")
    admin = client_of("abeba", role="admin")
    assert register_with(app, link, "dawit").status_code == 303
    assert "1 person registered" in main(admin.get("/admin/invitations"))
    page = admin.get("/admin/invitations")
    admin.form_in(page, "/admin/invitations/1/revoke").submit()
    assert "has been revoked" in app.test_client().get(link).text
    answer = app.test_client().get(f"/account/register?invite={foreign.dumps('register')}")
    assert answer.status_code == 403


@pytest.mark.settings(registration="invite")
def test_an_invitation_counts_who_comes_and_ends(any_app, make_user):
    make_user("boss", role="admin")
    link = invitation(any_app, "--people", "2", "--note", "Class 7")
    assert register_with(any_app, link, "selam").status_code == 303
    assert register_with(any_app, link, "selam").status_code == 422  # taken: nobody came
    open_form = any_app.test_client().open_form(link)
    assert register_with(any_app, link, "dawit").status_code == 303
    late = {"username": "hanna", "password": PASSWORD, "password_confirm": PASSWORD}
    assert open_form.submit(**late).status_code == 403
    answer = any_app.test_client().get(link)
    assert answer.status_code == 403
    assert "has been used up" in answer.text
    with any_app.app_context():
        (made,) = invitations()
        assert (made.used, made.state, made.note) == (2, "used-up", "Class 7")
        came = db.session.scalars(db.select(User.username).filter_by(invitation_id=made.id))
        assert sorted(came) == ["dawit", "selam"]


@pytest.mark.settings(registration="invite")
def test_of_many_who_come_at_once_as_many_get_in_as_are_invited(any_app, make_user):
    make_user("boss", role="admin")
    link = invitation(any_app, "--people", "2")
    forms = [any_app.test_client().open_form(link) for _ in range(6)]
    start, statuses = threading.Barrier(len(forms)), []

    def send(number: int) -> None:
        fields = {"username": f"person{number}", "password": PASSWORD, "password_confirm": PASSWORD}
        start.wait()
        statuses.append(forms[number].submit(**fields).status_code)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(len(forms))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 303, 403, 403, 403, 403]


def test_an_invitation_that_has_ended_keeps_nobody_from_an_open_wiki(app, make_user):
    make_user("boss", role="admin")
    link = invitation(app, "--people", "1")
    assert [register_with(app, link, name).status_code for name in ("selam", "dawit")] == [303] * 2


@pytest.mark.settings(registration="invite")
def test_an_administrator_makes_lists_and_takes_back(app, client_of):
    admin = client_of("abeba", role="admin")
    form = admin.open_form("/admin/invitations", has="note")
    answer = form.submit(note="Class 7", people="40", days="14")
    assert "The first 40 people with this link" in main(answer)
    link = urlsplit(re.search(r'value="([^"]+invite=[^"]+)"', answer.text)[1])
    assert register_with(app, f"{link.path}?{link.query}", "selam").status_code == 303
    listed = main(admin.get("/admin/invitations"))
    for told in ("Class 7", "open", "1 of 40 people registered", "by abeba"):
        assert told in listed
    assert link.query.partition("=")[2] not in admin.get("/admin/invitations").text
    assert "registered with the invitation Class 7" in main(admin.get("/admin/people/selam"))
    page = admin.get("/admin/invitations")
    assert admin.form_in(page, "/admin/invitations/1/revoke").submit().status_code == 303
    assert "Class 7 revoked" in main(admin.get("/admin/invitations"))
    assert app.test_client().get(f"{link.path}?{link.query}").status_code == 403


def test_an_invitation_that_can_not_be_made_is_reported_and_keeps_what_was_typed(client_of):
    cases = [
        ({"people": "0"}, "people"),
        ({"people": "x"}, "people"),
        ({"days": "9999"}, "days"),
        ({"note": "x" * 200}, "note"),
    ]
    for wrong, field in cases:
        form = client_of("abeba", role="admin").open_form("/admin/invitations", has="note")
        answer = form.submit(**({"note": "Class 7", "people": "40"} | wrong))
        assert answer.status_code == 422, wrong
        assert f'id="nx-{field}-error"' in answer.text, wrong
        assert "Class 7" in answer.text or field == "note", wrong


def test_the_command_lists_and_revokes(app):
    link = invitation(app, "--note", "Class 7", "--people", "40")
    runner = app.test_cli_runner()
    assert runner.invoke(user_group, ["invitations"]).stdout.startswith("1\tClass 7\t0/40\topen\t")
    assert runner.invoke(user_group, ["revoke", "1"]).exit_code == 0
    assert "\trevoked\t" in runner.invoke(user_group, ["invitations"]).stdout
    assert runner.invoke(user_group, ["revoke", "9"]).exit_code == 1
    assert link


@pytest.mark.settings(public_reading=False)
@pytest.mark.parametrize(
    ("registration", "is_offered"), [("open", True), ("invite", False), ("closed", False)]
)
def test_signing_in_offers_no_registration_that_is_closed(
    make_app, make_user, registration, is_offered
):
    app = make_app(public_reading=False, registration=registration)
    make_user("boss", role="admin")
    page = app.test_client().get("/account/login").text
    assert ("/account/register" in page) == is_offered


@pytest.mark.settings(registration="invite", base_url="https://wiki.example.org")
def test_the_link_is_whole_where_the_address_is_known(app):
    assert invitation(app).startswith("https://wiki.example.org/account/register?invite=")


@pytest.mark.settings(registration="closed")
def test_no_invitation_is_made_where_it_would_not_help(app):
    result = app.test_cli_runner().invoke(user_group, ["invite"])
    assert result.exit_code == 1
    assert "NEXUS_REGISTRATION=invite" in result.stderr


def test_who_becomes_less_lets_nobody_in_any_more(app, make_user):
    mentor = make_user("mentor", role="mentor")
    with app.app_context():
        create_invitation(by=mentor.id)
        change_user("mentor", Role.LEARNER)
        (made,) = invitations()
        assert made.state == "revoked"


@pytest.mark.settings(registration="invite", rate_limits=True)
def test_attempts_with_a_link_for_any_number_are_counted(app, client, make_user, monkeypatch):
    make_user("boss", role="admin")
    monkeypatch.setattr(login_limits, "REGISTRATION_ATTEMPT_RATE", "2 per hour")
    with app.app_context():
        token = create_invitation()
    form = client.open_form(f"/account/register?invite={token}")
    taken = {"username": "boss", "password": PASSWORD, "password_confirm": PASSWORD}
    assert [form.submit(**taken).status_code for _ in range(3)] == [422, 422, 429]
