"""Who may register: NEXUS_REGISTRATION and invitations."""

from html import unescape

import pytest
import time_machine

from wiki.accounts.cli import user_group


def invitation(app) -> str:
    """The link that the command prints, without the wiki's address."""
    result = app.test_cli_runner().invoke(user_group, ["invite"])
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


@pytest.mark.settings(registration="closed")
def test_nobody_registers_where_it_is_closed(client, make_user):
    make_user("selam")
    answer = client.get("/account/register")
    assert answer.status_code == 403
    assert "Nobody can register here at present." in answer.text


@pytest.mark.parametrize("registration", ["closed", "invite"])
def test_the_first_person_always_registers(make_app, register, registration):
    app = make_app(registration=registration)
    assert register(by=app.test_client()).status_code == 303


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
    assert "An invitation is needed" in answer.text


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
@pytest.mark.parametrize(
    "change", [lambda t: t[:-3], lambda t: "x" + t, lambda t: "ü", lambda t: "."]
)
def test_a_mangled_invitation_is_refused(app, client, make_user, change):
    make_user("selam")
    token = invitation(app).partition("invite=")[2]
    answer = client.get("/account/register", query_string={"invite": change(token)})
    assert answer.status_code == 403
    assert "isn't complete" in unescape(answer.text)


@pytest.mark.settings(registration="invite", secret_key="another key of tests, as long as needed")
def test_an_invitation_of_another_wiki_is_refused(client, make_user, make_app):
    make_user("selam")
    answer = client.get(invitation(make_app(registration="invite")))
    assert answer.status_code == 403


@pytest.mark.settings(registration="invite", base_url="https://wiki.example.org")
def test_the_link_is_whole_where_the_address_is_known(app):
    assert invitation(app).startswith("https://wiki.example.org/account/register?invite=")


@pytest.mark.settings(registration="closed")
def test_no_invitation_is_made_where_it_would_not_help(app):
    result = app.test_cli_runner().invoke(user_group, ["invite"])
    assert result.exit_code == 1
    assert "NEXUS_REGISTRATION=invite" in result.stderr
