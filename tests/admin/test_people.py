"""People, for administrators: found, filtered, put into groups, signed out, disabled."""

import re
from datetime import timedelta

import pytest

from tests.factories import PASSWORD
from tests.pages.visible_text import field_error, main
from wiki.access import save_limits
from wiki.access.groups.membership import add_members, create_group
from wiki.accounts.audit_log import AuditEvent, log_event
from wiki.accounts.authentication.sessions import end_sessions_of
from wiki.accounts.blocking.blocks import add_block
from wiki.accounts.models import LoginSession, Role, User
from wiki.accounts.users import user_by_name
from wiki.database import db, utcnow, write_transaction


@pytest.fixture
def admin(client_of):
    return client_of("abeba", role="admin")


@pytest.fixture
def people(app, make_user):
    """Five people besides the administrator, of whom two have been here."""
    made = {
        name: make_user(name, role=role, email=email, is_enabled=name != "dawit")
        for name, role, email in (
            ("selam", "learner", "s@example.org"),
            ("dawit", "learner", None),
            ("Meron", "mentor", "Meron.T@Example.org"),
            ("100%", "learner", None),
            ("1000", "reader", None),
        )
    }
    with app.app_context():
        cohort = create_group("Cohort 7", by=None)
        add_members(cohort, ["selam", "Meron"], by=None)
        with write_transaction() as session:
            seen = utcnow() - timedelta(days=3)
            session.add(LoginSession(id="1-a", user_id=made["selam"].id, device="", used_at=seen))
            log_event(session, "sign-in", by=made["Meron"].id)
        add_block("1000", "Spam.", None, by=None, own_address=None)
    return cohort


def names(text):
    shown = main(text)
    return {name for name in ("selam", "dawit", "Meron", "100%", "1000") if f"{name} " in shown}


def test_people_are_found(any_app, admin, people):
    cases = [
        ("", {"selam", "dawit", "Meron", "100%", "1000"}),
        ("q=SEL", {"selam"}),
        ("q=meron.t@", {"Meron"}),
        ("q=%25", {"100%"}),
        ("q=_", set()),
        ("q=%00", set()),
        ("role=mentor", {"Meron"}),
        ("group={cohort}", {"selam", "Meron"}),
        ("group={cohort}&role=learner", {"selam"}),
        ("state=disabled", {"dawit"}),
        ("state=blocked", {"1000"}),
        ("state=never", {"dawit", "100%", "1000"}),
    ]
    for query, found in cases:
        assert names(admin.get("/admin/people?" + query.format(cohort=people))) == found, (
            query,
            found,
        )


def test_people_are_sorted_by_their_last_visit(any_app, admin, people):
    def listed(query):
        shown = admin.get(f"/admin/people?{query}").text
        return re.findall(r'/admin/people/([^"]+)"><bdi>', shown)

    never = ["abeba", "dawit", "100%25", "1000"]
    assert listed("order=seen") == ["Meron", "selam", *never]
    assert listed("order=unseen") == [*never, "selam", "Meron"]
    assert listed("order=seen&role=learner") == ["selam", "dawit", "100%25"]
    assert listed("")[0] == "abeba"
    assert "selected" in admin.get("/admin/people?order=unseen").text


def test_a_filter_that_is_none_is_reported(admin):
    cases = ["order=size", "role=emperor", "group=99", "group=x", "state=asleep"]
    for query in cases:
        answer = admin.get(f"/admin/people?{query}")
        assert answer.status_code == 422, query
        assert field_error(answer, query.partition("=")[0]), query


def test_the_list_tells_groups_and_the_last_visit(admin, people):
    shown = main(admin.get("/admin/people?q=selam"))
    assert "Last seen" in shown
    assert "Cohort 7" in shown
    assert "Never signed in" in main(admin.get("/admin/people?q=dawit"))
    assert "Last seen" in main(admin.get("/admin/people/selam"))


def test_a_person_is_blocked_from_their_page(admin, people):
    page = admin.get("/admin/people/selam").text
    (address,) = re.findall(r'href="(/admin/blocked\?[^"#]+)', page)
    form = admin.open_form(address, has="target")
    assert form.values["target"] == "selam"
    assert form.submit(reason="Spam in five pages.", term="ever").status_code == 303
    shown = main(admin.get("/admin/people/selam"))
    assert "Blocked until it is lifted" in shown
    assert "Spam in five pages." in shown
    assert "selam Learner blocked" in main(admin.get("/admin/people?state=blocked"))
    assert "Block this person" not in main(admin.get("/admin/people/abeba"))


def test_a_page_of_thousands_costs_what_one_of_few_does(app, admin, people, queries):
    admin.get("/admin/people")
    with queries() as few:
        admin.get("/admin/people?role=learner")
    with app.app_context(), write_transaction() as session:
        for name in (f"p{n}" for n in range(2_000)):
            keys = {"username_key": name, "username_skeleton": name}
            session.add(User(username=name, password_hash="", **keys))
    with queries() as many:
        assert admin.get("/admin/people?role=learner").text.count('page-list-title"') == 50
    assert len(many) == len(few) <= 5


def test_groups_are_set_on_the_page_of_a_person(app, admin, people):
    with app.app_context():
        other = create_group("Track B", by=None)
    url = "/admin/people/selam"
    form = admin.open_form(url, has="groups")
    assert form.values.getlist("groups") == [str(people)]
    assert form.submit(groups=[str(other)]).location == url
    assert admin.open_form(url, has="groups").values.getlist("groups") == [str(other)]
    log = main(admin.get("/admin/audit?person=selam"))
    assert "Added to a group : Track B" in log
    assert "Removed from a group : Cohort 7" in log
    admin.open_form(url, has="groups").submit(groups=None)
    assert admin.open_form(url, has="groups").values.getlist("groups") == []


def test_a_group_that_is_gone_is_left_out(admin, people):
    form = admin.open_form("/admin/people/selam", has="groups")
    assert form.submit(groups=[str(people), "99"]).status_code == 303


def test_groups_that_are_none_change_nothing(admin, people):
    form = admin.open_form("/admin/people/selam", has="groups")
    for sent in ({"groups": "abc"}, {"was": "abc"}):
        assert form.submit(**sent).status_code == 400
    form = admin.open_form("/admin/people/selam", has="groups")
    assert form.values.getlist("groups") == [str(people)]


def test_two_who_change_the_groups_of_a_person_undo_nothing_of_each_other(any_app, admin, people):
    with any_app.app_context():
        other, third = (create_group(name, by=None) for name in ("Track B", "Track C"))
    url = "/admin/people/selam"
    form = admin.open_form(url, has="groups")
    with any_app.app_context():
        add_members(other, ["selam"], by=None)
        add_members(third, ["selam"], by=None)
    assert form.submit(groups=[str(third)]).status_code == 303
    groups = admin.open_form(url, has="groups").values.getlist("groups")
    assert groups == [str(other), str(third)]


@pytest.mark.parametrize(
    "case",
    [
        ({"role": "mentor"}, {"access": "off"}, 303, ("mentor", False)),
        ({"access": "off"}, {"role": "mentor"}, 303, ("mentor", False)),
        ({"role": "mentor"}, {"role": "mentor"}, 303, ("mentor", True)),
        ({"role": "mentor"}, {"role": "reader"}, 409, ("mentor", True)),
    ],
)
def test_two_who_change_a_person_undo_nothing_of_each_other(
    any_app, admin, client_of, make_user, case
):
    meanwhile, sent, status, is_now = case
    make_user("selam")
    url = "/admin/people/selam"
    form = admin.open_form(url, has="role")
    assert client_of("hanna", role="admin").post_form(url, **meanwhile).status_code == 303
    answer = form.submit(**sent)
    assert answer.status_code == status

    def state():
        with any_app.app_context():
            found = user_by_name("selam")
            return found.role, found.is_enabled

    assert state() == is_now
    if status == 409:
        assert "Somebody else has changed this in the meantime." in field_error(answer, *sent)
        assert admin.form_in(answer, url).submit().status_code == 303
        assert state() == ("reader", True)


def test_an_administrator_signs_somebody_out(app, admin, client, make_user):
    make_user("selam")
    client.open_form("/account/login").submit(username="selam", password=PASSWORD)
    assert client.get("/account/settings").status_code == 200
    url = "/admin/people/selam/sessions"
    assert "Never signed in" not in main(admin.get("/admin/people/selam"))
    token = admin.open_form("/admin/people/selam").values["csrf_token"]
    assert admin.post(url, data={"csrf_token": token}).location == "/admin/people/selam"
    assert client.get("/account/settings").status_code == 302
    assert "Not signed in anywhere" in main(admin.get("/admin/people/selam"))
    # That they were here is known all the same.
    assert "Last seen" in main(admin.get("/admin/people/selam"))
    own = admin.post("/admin/people/abeba/sessions", data={"csrf_token": token})
    assert own.location == "/account/settings/sessions"


def test_an_administrator_ends_one_session_of_several(app, admin, make_user):
    phone, laptop, other = (app.test_client() for _ in range(3))
    for name, browsers in (("selam", (phone, laptop)), ("dawit", (other,))):
        make_user(name)
        for browser in browsers:
            browser.open_form("/account/login").submit(username=name, password=PASSWORD)
    url = "/admin/people/selam/sessions"
    with app.app_context():
        query = db.select(LoginSession.id, User.username)
        ids = db.session.execute(query.join(User, User.id == LoginSession.user_id)).all()
    theirs = [id_ for id_, name in ids if name == "selam"]
    (others,) = [id_ for id_, name in ids if name == "dawit"]
    token = admin.open_form("/admin/people/selam").values["csrf_token"]
    assert all(id_ in admin.get("/admin/people/selam").text for id_ in theirs)
    admin.post(url, data={"csrf_token": token, "session": theirs[0]})
    open_ = [browser.get("/account/settings").status_code for browser in (phone, laptop)]
    assert sorted(open_) == [200, 302]
    # Of somebody else's under this name, nothing.
    admin.post(url, data={"csrf_token": token, "session": others})
    told = main(admin.get("/admin/people/selam"))
    assert "There is no such session. Nothing was changed." in told
    assert other.get("/account/settings").status_code == 200
    log = main(admin.get("/admin/audit?person=selam&action=session-ended"))
    assert "by abeba" in log


@pytest.mark.settings(rate_limits=True)
def test_managing_is_limited_by_person(app, admin, client_of, make_user, monkeypatch):
    monkeypatch.setattr(save_limits, "MANAGE_RATE", "2 per minute")
    make_user("selam")
    url = "/admin/people/selam/sessions"
    token = admin.open_form("/admin/people/selam").values["csrf_token"]
    answers = [admin.post(url, data={"csrf_token": token}).status_code for _ in range(3)]
    assert answers == [303, 303, 429]
    # Nobody is kept from signing out, and nobody else is limited with them.
    dawit = client_of("dawit")
    form = dawit.open_form("/account/settings/sessions")
    assert form.submit().status_code == 303
    assert admin.post("/account/logout", data={"csrf_token": token}).status_code == 303


def test_the_reason_of_a_disabled_account_is_shown(admin, make_user):
    make_user("selam")
    admin.post_form("/admin/people/selam", access="off", why="Posted the same link 40 times")
    shown = main(admin.get("/admin/people/selam"))
    assert "by abeba : Posted the same link 40 times" in shown
    answer = admin.post_form("/admin/people/selam", access="on", why="x" * 201)
    assert answer.status_code == 422
    assert "x" * 201 in answer.text


@pytest.mark.parametrize("fields", [{"role": "learner"}, {"access": "off"}])
def test_the_last_administrator_stays_one(app, admin, make_user, fields):
    make_user("gone", role="admin", is_enabled=False)  # is none who could help
    answer = admin.post_form("/admin/people/abeba", **fields)
    assert answer.status_code == 422
    assert "last administrator" in field_error(answer, *fields)
    assert admin.get("/admin/").status_code == 200
    for command in (["role", "abeba", "reader"], ["disable", "abeba"]):
        assert app.test_cli_runner().invoke(args=["user", *command]).exit_code == 1
    with app.app_context():
        assert db.session.scalar(db.select(AuditEvent.id)) is None


def test_of_two_administrators_one_may_go(app, admin, client_of):
    second = client_of("second", role=Role.ADMIN)
    assert second.post_form("/admin/people/abeba", access="off").status_code == 303
    assert second.post_form("/admin/people/second", access="off").status_code == 422
    with app.app_context():
        end_sessions_of(db.session.scalar(db.select(User).filter_by(username="second")), by=None)
