"""Whatever is sent, the answer is a problem that says what is wrong, and never an error of ours."""

import json

import pytest

PROBLEM = "application/problem+json"
DEEP = "[" * 100_000
BODIES = {
    "nothing": (b"", 400),
    "no JSON": (b"{", 400),
    "not UTF-8": (b'{"title": "\xff"}', 400),
    "half a surrogate": (b'{"title": "\\ud800"}', 400),
    "deep": (DEEP.encode(), 400),
    "deep, and closed": ((DEEP + "]" * 100_000).encode(), 400),
    "deep in a field": (b'{"title": "x", "fields": {"a": ' + DEEP[:3000].encode(), 400),
    "a list": (b"[]", 422),
    "a word": (b'"title"', 422),
    "null": (b"null", 422),
    "NUL": (b'{"title": "a", "text": "\\u0000"}', 422),
    "NUL in a title": (b'{"title": "a\\u0000"}', 422),
    "a huge number": (b'{"title": ' + b"9" * 5000 + b"}", 400),
    "a number for a text": (b'{"title": 1}', 422),
    "an unknown name": (b'{"title": "a", "titel": "b"}', 422),
    "no title": (b"{}", 422),
    "an unknown kind": (b'{"title": "a", "kind": "wish"}', 422),
    "a nested field": (b'{"title": "a", "fields": {"a": {"b": {}}}}', 422),
    "an unknown field": (b'{"title": "a", "fields": {"constructor": "x"}}', 422),
    "too many tags": (json.dumps({"title": "a", "tags": list("abc") * 50}).encode(), 422),
    "a path of dots": (b'{"title": "a", "path": "a/../b"}', 422),
    "a title of nothing": (b'{"title": "   "}', 422),
}


def test_a_bad_body_is_refused(app, program_of):
    for what, (body, status) in BODIES.items():
        answer = program_of("hana").ask(
            "POST", "/pages", data=body, content_type="application/json"
        )
        assert (answer.status_code, answer.mimetype) == (status, PROBLEM), answer.text
        told = answer.get_json()
        assert told["status"] == status, what
        assert len(answer.data) < 2000, what


def test_a_field_that_is_refused_is_named(app, program_of):
    answer = program_of("hana").post("/pages", {"title": "a", "tags": ["ok", "x" * 60]})
    (error,) = answer.json["errors"]
    assert error["where"] == "tags.1"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_taken(app, program_of, media_type):
    hana = program_of("hana")
    answer = hana.ask("POST", "/pages", data=b'{"title": "a"}', content_type=media_type)
    assert (answer.status_code, answer.mimetype) == (415, PROBLEM)


def test_a_text_that_is_too_long_is_refused(app, program_of):
    answer = program_of("hana").post("/pages", {"title": "a", "text": "x" * 2_000_001})
    assert (answer.status_code, answer.json["limit"]) == (413, 2_000_000)


def test_a_body_that_is_too_large_is_refused(app, program_of):
    answer = program_of("hana").post("/pages", {"title": "a", "text": "x" * 13_000_000})
    assert (answer.status_code, answer.mimetype) == (413, PROBLEM)


def test_a_bad_query_is_refused(app, stranger):
    cases = [
        *("limit=0", "limit=101", "limit=x", "limit=99999999999999999999", "limit=1&limit=2"),
        *("colour=red", "sort=size", "cursor=" + "x" * 3000),
    ]
    for query in cases:
        answer = stranger.get(f"/pages?{query}")
        assert (answer.status_code, answer.mimetype) == (400, PROBLEM), query


def test_a_query_that_is_no_text_is_refused(any_app, stranger):
    assert stranger.get("/pages?tag=%FF").status_code == 400
    assert stranger.get("/pages?tag=%00&below=%00&kind=%00").json["items"] == []


def test_an_address_that_leads_nowhere_is_missing(any_app, stranger):
    cases = ["nowhere", "%00", "a%00b", "%FF", "..", "x" * 2000, "a//b", "%2F"]
    for path in cases:
        answer = stranger.get(f"/pages/{path}")
        assert (answer.status_code, answer.mimetype) == (404, PROBLEM), path


def test_other_errors_are_problems_too(app, stranger):
    for method, address, status in (
        ("PUT", "/pages", 405),
        ("DELETE", "/openapi.json", 405),
        ("GET", "/nothing", 404),
        ("GET", "/pages/", 404),
    ):
        answer = stranger.ask(method, address)
        assert (answer.status_code, answer.mimetype) == (status, PROBLEM), address
    assert "GET" in stranger.ask("PUT", "/pages").headers["Allow"]


def test_a_mistake_of_ours_is_a_problem_without_details(app, stranger, monkeypatch):
    from wiki.api.pages import views

    def fail(*_args):
        raise RuntimeError("a secret")

    monkeypatch.setattr(views, "listed_pages", fail)
    app.testing = False
    answer = stranger.get("/pages")
    assert (answer.status_code, answer.mimetype) == (500, PROBLEM)
    assert "secret" not in answer.text


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_bad_idempotency_key_is_refused(app, program_of, key):
    headers = {"Idempotency-Key": key}
    assert program_of("hana").post("/pages", {"title": "a"}, headers=headers).status_code == 400


@pytest.mark.settings(rate_limits=True)
def test_every_answer_tells_the_limit_and_one_too_many_is_refused(app, stranger, monkeypatch):
    from wiki.api import request_limits

    monkeypatch.setattr(request_limits, "STRANGERS", 3)
    for left in (2, 1, 0):
        answer = stranger.get("/pages")
        assert answer.headers["RateLimit-Policy"] == '"requests";q=3;w=60'
        assert answer.headers["RateLimit"].startswith(f'"requests";r={left};t=')
    refused = stranger.get("/pages")
    assert (refused.status_code, refused.mimetype) == (429, PROBLEM)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit"].startswith('"requests";r=0;')


@pytest.mark.settings(rate_limits=True)
def test_saves_are_counted_with_those_of_browsers(app, program_of, monkeypatch):
    from wiki.access import save_limits

    monkeypatch.setattr(save_limits, "SAVE_RATE", "2 per minute")
    hana = program_of("hana")
    made = [hana.post("/pages", {"title": f"Page {n}"}).status_code for n in range(3)]
    assert made == [201, 201, 429]
