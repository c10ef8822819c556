"""Who a program acts for: access tokens, short sessions, and what cookies are good for."""

import base64
import json
import time
from datetime import timedelta

import pyotp
import pytest
import time_machine
from joserfc import jwt
from joserfc.jwk import OctKey

from tests import databases
from tests.api.conftest import Program, token_of
from tests.factories import PASSWORD
from wiki.access import save_limits
from wiki.accounts.authentication.sessions import sign_out_everywhere
from wiki.accounts.second_factor.factor import switch_on
from wiki.accounts.tokens.models import TokenScope
from wiki.accounts.tokens.tokens import revoke_all_tokens
from wiki.accounts.users import change_user, set_password
from wiki.database import utcnow


@pytest.fixture
def session_of(app):
    """`session_of(user)`: a program with a short session, begun by password."""

    def session_of(user, scope="write", **more):
        begun = Program(app).post(
            "/sessions", {"username": user.username, "password": PASSWORD, "scope": scope, **more}
        )
        assert begun.status_code == 201, begun.text
        return Program(app, begun.json["token"])

    return session_of


def claims_of(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def test_a_session_begins_with_a_password_and_ends_after_an_hour(any_app, make_user, session_of):
    hana = session_of(make_user("hana"))
    assert hana.get("/me").json == {"username": "hana", "role": "learner", "scope": "write"}
    assert hana.post("/pages", {"title": "New"}).status_code == 201
    with time_machine.travel(utcnow() + timedelta(hours=1, minutes=2)):
        answer = hana.get("/me")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="wiki", error="invalid_token"'


def test_it_says_who_made_it_for_whom_and_how_long(app, make_user, session_of):
    claims = claims_of(session_of(make_user("hana")).token)
    assert (claims["iss"], claims["aud"]) == ("urn:nexus-wiki", "urn:nexus-wiki/api/v1")
    assert claims["exp"] - claims["iat"] == 3600
    assert "hana" not in json.dumps(claims)


@pytest.mark.parametrize("scope", ["read", "write"])
def test_it_allows_no_more_than_its_scope(app, make_user, session_of, scope):
    hana = session_of(make_user("hana"), scope)
    assert hana.post("/pages", {"title": "New"}).status_code == (201 if scope == "write" else 403)


def test_only_administrators_administer(app, make_user, stranger):
    make_user("hana")
    sent = {"username": "hana", "password": PASSWORD, "scope": "admin"}
    assert stranger.post("/sessions", sent).status_code == 403


def test_a_wrong_password_and_an_unknown_name_are_reported_alike(app, make_user, stranger):
    make_user("hana")
    told = []
    for name in ("hana", "nobody"):
        answer = stranger.post("/sessions", {"username": name, "password": "wrong"})
        told.append((answer.status_code, answer.data))
    assert told[0] == told[1]
    assert told[0][0] == 401
    assert stranger.post("/sessions", {}).status_code == 401


def test_the_second_factor_is_asked_for(app, make_user, stranger):
    user, secret = make_user("hana"), pyotp.random_base32()
    with app.test_request_context():
        switch_on(user, secret, pyotp.TOTP(secret).at(int(time.time()) - 30))
    sent = {"username": "hana", "password": PASSWORD}
    asked = stranger.post("/sessions", sent)
    assert (asked.status_code, asked.json["type"]) == (401, "/api#nx-second-factor")
    assert stranger.post("/sessions", {**sent, "code": "000000"}).status_code == 401
    right = {**sent, "code": pyotp.TOTP(secret).now()}
    assert stranger.post("/sessions", right).status_code == 201
    assert stranger.post("/sessions", right).status_code == 401  # used


ENDINGS = {
    "a new password": lambda user: set_password(user.username, "another long one here"),
    "signing out everywhere": sign_out_everywhere,
    "a disabled account": lambda user: change_user(user.username, is_enabled=False),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_session_is_ended_by(app, make_user, session_of, ending):
    user = make_user("hana")
    hana = session_of(user)
    with app.test_request_context():
        ENDINGS[ending](user)
    assert hana.get("/me").status_code == 401


def test_one_from_an_access_token_has_its_scope_and_its_end(app, make_user):
    user = make_user("hana")
    program = Program(app, token_of(app, user, TokenScope.READ))
    assert program.post("/sessions", {"scope": "write"}).status_code == 403
    assert (
        Program(app, program.post("/sessions", {}).json["token"]).get("/me").json["scope"] == "read"
    )
    program = Program(app, token_of(app, user, TokenScope.WRITE))
    assert program.post("/sessions", {"scope": "admin"}).status_code == 403
    short = Program(app, program.post("/sessions", {"scope": "write"}).json["token"])
    assert short.get("/me").json["scope"] == "write"
    assert short.post("/sessions", {}).status_code == 403  # no session without end
    with app.test_request_context():
        revoke_all_tokens(user.id)
    assert short.get("/me").status_code == 401


def _forged(claims, key=databases.KEY, algorithm="HS256", **header):
    return jwt.encode(
        {"alg": algorithm, **header}, claims, OctKey.import_key(key), algorithms=[algorithm]
    )


def test_a_forged_token_is_nobodys(app, make_user, session_of):
    token = session_of(make_user("hana")).token
    head, body, signature = token.split(".")
    claims = claims_of(token)
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    forged = [
        f"{head}.{body}.{signature[:-2]}AA",
        f"{head}.{body}.",
        f"{none}.{body}.",
        f"{none}.{body}.{signature}",
        _forged(claims),  # by the key that signs other things
        _forged({**claims, "sub": "1"}, "x" * 32),
        "eyJ..",
        "eyJ" + "x" * 5000 + "..",
    ]
    for each in forged:
        answer = Program(app, each).get("/me")
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), each


def _changed(app, token, **claims):
    """The same with other claims, signed as the wiki does."""
    from wiki.accounts.tokens import short_lived

    with app.app_context():
        key = short_lived._key()
        kept = {**claims_of(token), **claims}
        kept = {name: value for name, value in kept.items() if value is not None}
        return jwt.encode({"alg": "HS256"}, kept, key, algorithms=["HS256"])


def test_issuer_audience_and_end_are_checked(app, make_user, session_of):
    token = session_of(make_user("hana")).token
    assert Program(app, _changed(app, token, jti="x")).get("/me").status_code == 200
    for claims in (
        {"iss": "urn:other"},
        {"aud": "urn:nexus-wiki"},
        {"exp": int(time.time()) - 100},
        {"exp": None},
        {"aud": None},
        {"iss": None},
        {"sub": "999999999999"},
        {"sub": "x"},
        {"scope": "all"},
        {"stamp": "x"},
    ):
        assert Program(app, _changed(app, token, **claims)).get("/me").status_code == 401, claims


def test_a_short_token_is_for_the_api_alone(app, make_user, session_of, make_page):
    make_page("a")
    token = session_of(make_user("hana")).token
    answer = app.test_client().get("/wiki/a", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_cookies_are_good_for_reading_alone(app, make_page, client_of):
    make_page("a")
    hana = client_of("hana")
    assert hana.get("/api/v1/me").json["username"] == "hana"
    sent = {"headers": {"If-Match": '"1-1"', "Sec-Fetch-Site": "same-origin"}}
    for method, address in (("PATCH", "/pages/a"), ("DELETE", "/pages/a"), ("POST", "/pages")):
        answer = hana.open(f"/api/v1{address}", method=method, json={"title": "x"}, **sent)
        assert answer.status_code == 401, method
    assert hana.get("/api/v1/pages/a").json["revision"] == 1


def test_another_site_can_send_nothing_with_a_token_that_a_browser_keeps(app, make_user):
    token = token_of(app, make_user("hana"))
    basic = base64.b64encode(f"hana:{token}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}"}
    client = app.test_client()
    far = {**headers, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/v1/pages", json={"title": "x"}, headers=far).status_code == 400
    assert client.post("/api/v1/pages", json={"title": "x"}, headers=headers).status_code == 201


@pytest.mark.settings(public_reading=False)
def test_a_members_only_wiki_shows_a_stranger_nothing(app, make_page, stranger, make_user):
    make_page("a")
    for address in ("/pages", "/pages/a", "/pages/none", "/openapi.json", "/nothing"):
        answer = stranger.get(address)
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), address
    make_user("hana")
    begun = stranger.post("/sessions", {"username": "hana", "password": PASSWORD})
    assert Program(app, begun.json["token"]).get("/pages/a").status_code == 200


ORIGIN = {"Origin": "https://app.example.org"}


def test_other_origins_read_nothing_by_default(app, stranger):
    answer = stranger.get("/pages", headers=ORIGIN)
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.mark.settings(api_origins=("https://app.example.org",))
def test_a_named_origin_reads_and_writes_with_a_token(app, stranger, program_of):
    asked = stranger.ask(
        "OPTIONS",
        "/pages/a",
        headers={**ORIGIN, "Access-Control-Request-Method": "PATCH"},
    )
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
    assert "PATCH" in asked.headers["Access-Control-Allow-Methods"]
    assert "If-Match" in asked.headers["Access-Control-Allow-Headers"]
    hana, site = program_of("hana"), {**ORIGIN, "Sec-Fetch-Site": "cross-site"}
    made = hana.post("/pages", {"title": "x"}, headers=site)
    assert made.status_code == 201
    shown = made.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Content-Range", "Content-Disposition"} <= {*shown}
    assert "Access-Control-Allow-Credentials" not in made.headers
    missing = stranger.get("/pages/nothing", headers=ORIGIN)
    assert missing.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
    other = stranger.get("/pages", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other.headers
    assert "Origin" in other.headers["Vary"]
    assert "Access-Control-Allow-Origin" not in stranger.client.get("/", headers=ORIGIN).headers


@pytest.mark.settings(api_origins=("*",))
def test_any_origin_is_reported_so_always(app, stranger):
    assert stranger.get("/pages").headers["Access-Control-Allow-Origin"] == "*"
    assert "Origin" not in stranger.get("/pages", headers=ORIGIN).headers.get("Vary", "")


@pytest.mark.settings(rate_limits=True, api_origins=("https://app.example.org",))
def test_a_refusal_at_the_door_can_be_read_from_elsewhere(app, stranger, monkeypatch):
    from wiki.access.anonymous_limits import BUDGETS

    budget = BUDGETS.of(app)["search"]
    monkeypatch.setattr(budget, "seconds_to_wait", lambda: 5.0)
    for address in ("/search?q=a", "/tags", "/changes", "/threads", "/backlinks?page=a"):
        answer = stranger.get(address, headers=ORIGIN)
        assert answer.status_code == 503
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]


def test_somebody_who_is_blocked_reads_as_a_stranger(app, program_of, make_page):
    from wiki.accounts.blocking.blocks import add_block

    make_page("a")
    hana = program_of("hana")
    with app.app_context():
        add_block("hana", "Spam", timedelta(days=1), by=None, own_address=None)
    assert hana.get("/pages/a").status_code == 200
    answer = hana.patch("/pages/a", {"text": "x"}, '"1-1"')
    assert answer.status_code == 403
    assert "Spam" in answer.json["detail"]
    for address, body in (
        ("/watches", {"scope": "all"}),
        ("/votes", {"page": "a", "vote": "same"}),
    ):
        assert hana.post(address, body).status_code == 403
    assert hana.get("/watches").status_code == 200


@pytest.mark.settings(rate_limits=True)
def test_a_token_begins_sessions_no_oftener_than_people_change_things(
    any_app, make_user, monkeypatch
):
    monkeypatch.setattr(save_limits, "MANAGE_RATE", "2 per minute")
    hana = Program(any_app, token_of(any_app, make_user("hana"), TokenScope.READ))
    answers = [hana.post("/sessions", {"scope": "read"}).status_code for _ in range(3)]
    assert answers == [201, 201, 429]
