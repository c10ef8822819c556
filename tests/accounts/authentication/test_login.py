"""Signing in and out, and when sessions end."""

import pytest

from tests.accounts.conftest import is_signed_in
from tests.factories import PASSWORD
from wiki.accounts.credentials import passwords
from wiki.accounts.users import change_user, set_password, user_by_name


def test_it_works(client, make_user, sign_in):
    make_user("selam")
    answer = sign_in("selam")
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)


@pytest.mark.parametrize("name", ["SELAM", " selam ", "ｓｅｌａｍ", "selam@example.org"])
def test_a_name_in_any_spelling_or_the_address_will_do(client, make_user, sign_in, name):
    make_user("selam", email="Selam@example.org", email_key="selam@example.org")
    assert sign_in(name).status_code == 303


def test_a_wrong_password_is_422_and_keeps_the_name(client, make_user, sign_in):
    make_user("selam")
    answer = sign_in("selam", "wrong")
    assert answer.status_code == 422
    assert 'value="selam"' in answer.text
    assert 'href="#nx-username"' in answer.text
    assert "You are not signed in yet." in answer.text
    assert "Not saved" not in answer.text
    assert not is_signed_in(client)


def test_an_unknown_name_is_answered_like_a_wrong_password(client, make_user, sign_in):
    make_user("selam")
    wrong = sign_in("selam", "wrong").text
    unknown = sign_in("dawit", "wrong").text
    assert wrong.count("Wrong name or password") == unknown.count("Wrong name or password") > 0


def test_an_unknown_name_costs_one_hash_as_a_wrong_password_does(
    client, make_user, sign_in, monkeypatch
):
    computed = []

    class Counting(type(passwords._hasher)):
        def hash(self, *args, **kwargs):
            computed.append("hash")
            return super().hash(*args, **kwargs)

        def verify(self, *args, **kwargs):
            computed.append("verify")
            return super().verify(*args, **kwargs)

    make_user("selam")
    monkeypatch.setattr(passwords, "_hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    for name, expected in (("selam", ["verify"]), ("dawit", ["hash"]), ("x@y.zz", ["hash"])):
        computed.clear()
        assert sign_in(name, "wrong").status_code == 422
        assert computed == expected


def test_no_name_breaks_signing_in(any_app, sign_in):
    cases = ["", "   ", "a\0b", "\0", "@", "x" * 300, "\u202egro", "a" * 70_000]
    for name in cases:
        assert sign_in(name, by=any_app.test_client()).status_code == 422, name


def test_a_very_long_password_is_just_wrong(client, make_user, sign_in):
    make_user("selam")
    assert sign_in("selam", "x" * 300_000).status_code == 422


@pytest.mark.usefixtures("full_cost")
def test_a_hash_of_older_parameters_is_renewed(app, client, make_user, sign_in):
    old = make_user("selam").password_hash
    assert sign_in("selam").status_code == 303
    with app.app_context():
        new = user_by_name("selam").password_hash
    assert new != old
    assert "m=19456,t=2,p=1" in new
    assert sign_in("selam", by=app.test_client()).status_code == 303


def test_a_database_that_takes_no_writes_keeps_nobody_out(
    app, client, make_user, sign_in, monkeypatch
):
    from wiki.accounts.authentication import sessions
    from wiki.database import StorageUnavailable

    def full(*_patience):
        raise StorageUnavailable("read-only")

    make_user("selam")
    monkeypatch.setattr(sessions, "write_transaction", full)
    assert sign_in("selam").status_code == 303


def test_the_fields_tell_password_managers_what_they_are(client):
    page = client.get("/account/login").text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page


# Where it leads


@pytest.mark.parametrize(
    "target", ["/wiki/redis", "/search?q=a%26b&page=2", "/wiki/ሰላም", "/pages#a"]
)
def test_one_gets_back_to_where_one_was(client, make_user, sign_in, target):
    from urllib.parse import quote, unquote

    make_user("selam")
    assert unquote(sign_in("selam", at=f"?next={quote(target)}").location) == unquote(target)


def test_a_mistyped_password_does_not_forget_where_one_was(client, make_user):
    make_user("selam")
    form = client.open_form("/account/login?next=/wiki/redis")
    answer = form.submit(username="selam", password="wrong")
    answer = client.form_in(answer, "/account/login").submit(username="selam", password=PASSWORD)
    assert answer.location == "/wiki/redis"


def test_the_way_back_survives_the_step_to_registration(client):
    page = client.get("/account/login?next=/wiki/redis").text
    assert 'href="/account/register?next=/wiki/redis"' in page


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/wiki\\..\\..\\evil",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nLocation: https://evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\u2028/evil.example",
    "/\u200b/evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "evil.example",
    "@evil.example",
    "?next=//evil.example",
    "",
    " ",
    "/" + "x" * 3_000,
]


def test_nobody_is_led_elsewhere(app, make_user):
    make_user("selam")
    for target in ELSEWHERE:
        form = app.test_client().open_form("/account/login")
        answer = form.submit(username="selam", password=PASSWORD, next=target)
        assert (answer.status_code, answer.location) == (303, "/"), target


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example"])
def test_nobody_who_is_signed_in_is_led_elsewhere_either(client_of, target):
    answer = client_of("selam").get("/account/login", query_string={"next": target})
    assert (answer.status_code, answer.location) == (303, "/")


def test_a_guarded_page_asks_to_sign_in_and_leads_back(client, make_user):
    make_user("selam")
    asked = client.get("/account/settings?x=1")
    assert asked.status_code == 302
    answer = client.post_form(asked.location, username="selam", password=PASSWORD)
    assert answer.location == "/account/settings?x=1"


def test_a_form_sent_by_nobody_is_401(client):
    form = client.open_form("/account/login")
    answer = client.post("/account/settings", data=form.values)
    assert answer.status_code == 401


# What a session is worth


def test_what_a_session_held_before_is_gone(client, make_user, sign_in):
    make_user("selam")
    client.get("/account/login")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        token = session["csrf_token"]
    sign_in("selam")
    client.get("/account/settings")
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["csrf_token"] != token


def test_a_session_ends_with_its_stamp(app, client, make_user, sign_in):
    make_user("selam")
    sign_in("selam")
    with app.app_context():
        set_password("selam", "another good one")
    assert not is_signed_in(client)


def test_a_session_ends_when_the_account_is_switched_off(app, client, make_user, sign_in):
    make_user("selam")
    sign_in("selam")
    with app.app_context():
        change_user("selam", is_enabled=False)
    assert not is_signed_in(client)


def test_a_switched_off_account_is_reported_to_who_knows_the_password_only(app, make_user, sign_in):
    make_user("selam", is_enabled=False)
    right, wrong = sign_in("selam"), sign_in("selam", "wrong")
    assert (right.status_code, wrong.status_code) == (422, 422)
    assert "This account is disabled. Ask an administrator." in right.text
    assert "disabled" not in wrong.text


def test_a_made_up_session_is_nobodys(app, client, make_user):
    make_user("selam")
    cases = ["", "x", "1", "1.", ".", "1.0123456789abcdef", "-1.x", "9" * 30 + ".x", "1.ü", "²."]
    for session_id in cases:
        with client.session_transaction() as session:
            session["_user_id"] = session_id
        assert not is_signed_in(client), session_id


def test_a_person_costs_one_query_a_page(client_of, queries):
    selam = client_of("selam")
    selam.get("/account/logout")  # kinds and settings are read once, and again when they change
    with queries(at_most=1):  # by a page that asks for nothing else
        assert "selam" in selam.get("/account/logout").text


def test_without_being_remembered_a_session_ends_with_the_browser(client, make_user, sign_in):
    make_user("selam")
    sign_in("selam")
    client.delete_cookie("nexus_session")
    assert not is_signed_in(client)


def test_a_remembered_person_stays(client, make_user, sign_in):
    make_user("selam")
    answer = sign_in("selam", remember=True)
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("nexus_remember")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    client.delete_cookie("nexus_session")
    assert is_signed_in(client)


def test_a_remembered_person_is_forgotten_with_the_stamp(app, client, make_user, sign_in):
    make_user("selam")
    sign_in("selam", remember=True)
    with app.app_context():
        set_password("selam", "another good one")
    client.delete_cookie("nexus_session")
    assert not is_signed_in(client)


def test_a_forged_remember_cookie_is_nobodys(app, client, make_user):
    user = make_user("selam")
    client.set_cookie("nexus_remember", f"{user.get_id()}|{'0' * 128}")
    assert not is_signed_in(client)


# Signing out


def test_signing_out_asks_first(client_of):
    selam = client_of("selam")
    page = selam.get("/account/logout")
    assert page.status_code == 200
    assert "selam" in page.text
    assert is_signed_in(selam)


def test_signing_out_works(client_of):
    selam = client_of("selam")
    answer = selam.post_form("/account/logout")
    assert (answer.status_code, answer.location) == (303, "/")
    assert not is_signed_in(selam)


def test_signing_out_forgets_a_remembered_person(client, make_user, sign_in):
    make_user("selam")
    sign_in("selam", remember=True)
    client.post_form("/account/logout")
    assert client.get_cookie("nexus_remember") is None
    client.delete_cookie("nexus_session")
    assert not is_signed_in(client)


def test_nobody_can_sign_out_too(client):
    assert client.get("/account/logout").status_code == 303


def test_another_site_cannot_sign_a_person_out(client_of):
    selam = client_of("selam")
    assert selam.post("/account/logout").status_code == 400
    assert is_signed_in(selam)


def test_signing_in_stores_one_session_and_nothing_of_the_person(app, client, register, queries):
    register("selam")
    other = app.test_client()
    with queries() as statements:
        other.post_form("/account/login", username="selam", password=PASSWORD)
    writes = [s for s in statements if s.upper().startswith(("UPDATE", "INSERT"))]
    # What was too many of them ends, one begins.
    assert sorted(s.split(" SET ")[0].split(" (")[0] for s in writes) == [
        "INSERT INTO audit_event",
        "INSERT INTO login_session",
        "UPDATE login_session",
    ]
