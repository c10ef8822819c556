"""Requests by an access token."""

from base64 import b64encode
from datetime import timedelta

import pytest
import time_machine

from tests.factories import PASSWORD
from wiki.accounts.models import Role
from wiki.accounts.tokens.models import AccessToken, TokenScope
from wiki.accounts.tokens.tokens import TokenTerms, create_token, revoke_token, tokens_of
from wiki.accounts.users import change_user, set_password
from wiki.database import db, utcnow

EDIT = {"text": "By a script.\n", "base_revision": "1"}


@pytest.fixture
def token_of(app, make_user):
    """`token_of("selam", "write")`: a token of hers."""

    def token_of(name="selam", scope="read", role="learner", days=30):
        person = make_user(name, role=role)
        with app.app_context():
            return create_token(
                person, TokenTerms("a script", TokenScope(scope), utcnow() + timedelta(days=days))
            )

    return token_of


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def basic(token):
    return {"Authorization": "Basic " + b64encode(f"any:{token}".encode()).decode()}


@pytest.mark.parametrize("header", [bearer, basic])
def test_it_works_without_any_cookie(any_app, client, make_page, token_of, header):
    make_page("redis")
    token = token_of(scope="write")
    assert "selam" in client.get("/drafts", headers=header(token)).text
    answer = client.post("/edit/redis", data=EDIT, headers=header(token))
    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers
    assert "By a script." in client.get("/raw/redis").text


def test_what_was_copied_along_arrives_as_bytes(client, token_of):
    token = token_of()
    for written in (f"“{token}”", f"\u00a0{token}", f"{token[:20]}  {token[20:]}"):
        for encoding in ("utf-8", "cp1252"):
            sent = {"Authorization": f"Bearer {written}".encode(encoding).decode("latin-1")}
            told = client.get("/api/v1/me", headers=sent).get_json()
            assert told.get("username") == "selam", (written, encoding)


def test_a_members_only_wiki_is_read_by_token(make_app, make_page, token_of):
    make_page("redis")
    client = make_app(public_reading=False).test_client()
    assert client.get("/raw/redis").status_code != 200
    assert client.get("/raw/redis", headers=bearer(token_of())).status_code == 200


def test_a_page_is_kept_for_nobody_else(client, client_of, make_page, token_of):
    make_page("redis")
    boss = client_of("boss", role="admin")
    headers = bearer(token_of("boss", "write", role="admin"))
    for _ in range(2):
        by_token = client.get("/wiki/redis", headers=headers)
        assert "boss" in by_token.text
        assert "Administration" not in by_token.text
        assert "Administration" in boss.get("/wiki/redis").text
        assert "boss" not in client.get("/wiki/redis").text
    seen = {"If-None-Match": by_token.headers["ETag"]}
    assert client.get("/wiki/redis", headers=headers | seen).status_code == 304
    assert client.get("/wiki/redis", headers=seen).status_code == 200


def test_a_token_to_read_changes_nothing(client, make_page, token_of):
    make_page("redis")
    answer = client.post("/edit/redis", data=EDIT, headers=bearer(token_of(scope="read")))
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert "may only read" in answer.text
    assert "By a script." not in client.get("/raw/redis").text


@pytest.mark.parametrize(("scope", "status"), [("read", 403), ("write", 403), ("admin", 200)])
def test_administration_needs_the_scope_for_it(client, token_of, scope, status):
    token = token_of("boss", scope, role="admin")
    assert client.get("/admin/people", headers=bearer(token)).status_code == status


def test_a_page_that_only_administrators_may_erase_needs_it_too(client, make_page, token_of):
    make_page("redis")
    assert (
        client.get(
            "/erase/redis?revision=1", headers=bearer(token_of("boss", "admin", "admin"))
        ).status_code
        == 200
    )
    answer = client.get(
        "/erase/redis?revision=1", headers=bearer(token_of("boss", "write", "admin"))
    )
    assert answer.status_code == 403
    assert "may not administer" in answer.text


def test_the_scope_gives_nobody_more_than_their_role(app, client, token_of):
    token = token_of("boss", "admin", role="admin")
    token_of("other", "admin", role="admin")
    with app.app_context():
        change_user("boss", Role.LEARNER)
    answer = client.get("/admin/people", headers=bearer(token))
    assert answer.status_code == 403
    assert "WWW-Authenticate" not in answer.headers


def test_no_token_reaches_an_account(client, token_of):
    token = token_of("boss", "admin", role="admin")
    addresss = [
        "settings",
        "settings/sessions",
        "tokens",
        "login",
        "logout",
        "password",
        "register",
    ]
    for method in ["get", "post"]:
        for address in addresss:
            answer = getattr(client, method)(f"/account/{address}", headers=bearer(token))
            assert answer.status_code in (403, 405), (method, address)
            assert "Set-Cookie" not in answer.headers, (method, address)


def test_a_cookie_beside_a_token_counts_for_nothing(client_of, make_page, token_of):
    make_page("redis")
    boss = client_of("boss", role="admin")
    assert boss.get("/admin/people").status_code == 200
    assert boss.get("/admin/people", headers=bearer(token_of())).status_code == 403
    assert boss.get("/admin/people", headers=bearer("garbage")).status_code == 401


def test_a_token_is_no_way_around_the_check_of_forms(client_of, make_page):
    make_page("redis")
    answer = client_of("selam").post(
        "/edit/redis", data=EDIT, headers={"Authorization": "Basic eA=="}
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "browser", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
def test_a_browser_sends_no_token_from_another_site(client, make_page, token_of, browser):
    make_page("redis")
    headers = basic(token_of(scope="write")) | browser
    assert client.post("/edit/redis", data=EDIT, headers=headers).status_code == 400


def refusal(client, token, **headers):
    answer = client.get("/wiki/redis", headers=bearer(token) | headers)
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert "Set-Cookie" not in answer.headers
    return answer


def test_one_that_has_ended_says_why(app, client, make_page, token_of):
    make_page("redis")
    assert "isn’t valid" in refusal(client, "garbage").text
    token = token_of()
    assert "isn’t valid" in refusal(client, token[:-1]).text
    with time_machine.travel(utcnow() + timedelta(days=31)):
        assert "has expired" in refusal(client, token).text
    with app.app_context():
        (row,) = db.session.scalars(db.select(AccessToken))
        revoke_token(row.user_id, row.id)
    answer = refusal(client, token, Accept="application/json")
    assert "has been revoked" in answer.json["error"]


def test_a_disabled_person_is_out_at_once(app, client, make_page, token_of):
    make_page("redis")
    token = token_of()
    assert client.get("/wiki/redis", headers=bearer(token)).status_code == 200
    with app.app_context():
        change_user("selam", is_enabled=False)
    assert "disabled" in refusal(client, token).text


def test_a_new_password_leaves_tokens(app, client, make_page, token_of):
    make_page("redis")
    token = token_of()
    with app.app_context():
        set_password("selam", "another good battery")
    assert client.get("/wiki/redis", headers=bearer(token)).status_code == 200


def test_use_is_recorded_once_an_hour_and_costs_reading_nothing(
    any_app, client, make_page, token_of, queries
):
    make_page("redis")
    token = token_of()

    def read(at_most=None):
        with queries(at_most=at_most) as seen:
            client.get("/raw/redis", headers=bearer(token))
        return [s for s in seen if s.startswith("UPDATE")]

    assert len(read()) == 1
    assert read() == []
    with time_machine.travel(utcnow() + timedelta(hours=2)):
        assert len(read()) == 1
    with any_app.app_context():
        (row,) = tokens_of(1)
        assert row.used_at > utcnow() + timedelta(hours=1)


def test_many_wrong_ones_from_one_address_have_to_wait(make_app, make_page, token_of):
    make_page("redis")
    app = make_app(rate_limits=True)
    client, token = app.test_client(), token_of()
    for _ in range(20):
        refusal(client, "garbage")
    answer = client.get("/wiki/redis", headers=bearer("garbage"))
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers
    # A class behind one address: the right ones still do.
    assert client.get("/wiki/redis", headers=bearer(token)).status_code == 200


def test_a_password_is_no_token(client, make_user):
    make_user("selam")
    answer = client.get("/drafts", headers=basic(PASSWORD))
    assert answer.location.startswith("/account/login")
