"""Addresses for browsers, robots and monitoring."""

import pytest

from wiki.database import db


def test_healthz_asks_nobody(client, queries):
    with queries(at_most=0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_readyz_when_the_database_is_there(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["status"] == "ok"
    assert answer.json["database"] == "ok"


def test_readyz_tells_the_state_of_the_index_and_is_ready_without_one(client, make_page, index_now):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["index"]) == (200, "missing")
    make_page(path="a")
    index_now()
    assert client.get("/readyz").json["index"] == "ready"


def test_readyz_when_the_database_is_not_migrated(client, app):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(db.text("DROP TABLE alembic_version"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["database"]) == (503, "not migrated")
    assert client.get("/healthz").status_code == 200


def test_readyz_when_the_database_is_away(make_app, tmp_path):
    app = make_app(database_url=f"sqlite:///{tmp_path}/nowhere/x.sqlite3")
    client = app.test_client()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["database"]) == (503, "unavailable")
    assert client.get("/healthz").status_code == 200


def test_readyz_when_a_newer_version_has_migrated(client, app):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(db.text("UPDATE alembic_version SET version_num = 'ffff'"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["database"]) == (503, "of a newer version")


def test_robots_read_pages_and_leave_tools_alone(client):
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    lines = answer.text.splitlines()
    assert "Disallow: /edit" in lines
    assert "Disallow: /" not in lines


@pytest.mark.settings(public_reading=False)
def test_robots_stay_out_of_a_wiki_for_members(app):
    answer = app.test_client().get("/robots.txt")
    assert answer.status_code in (200, 302)
    assert "Disallow: /edit" not in answer.text


def test_the_icon_stands_where_browsers_look_for_it(client):
    with client.get("/favicon.ico") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")


@pytest.mark.parametrize("theme", ["system", "light", "dark"])
def test_a_theme_is_chosen_without_javascript(client, theme):
    answer = client.post_form("/theme?next=/pages", theme=theme)
    assert (answer.status_code, answer.location) == (303, "/pages")
    assert f"nexus_theme={theme}" in answer.headers["Set-Cookie"]
    assert "Max-Age=31536000" in answer.headers["Set-Cookie"]
    assert f'data-theme="{theme}"' in client.get("/").text
    chosen = client.get("/theme").text.partition(f'value="{theme}"')[2].partition(">")[0]
    assert "checked" in chosen


def test_a_theme_that_does_not_exist_is_refused(client):
    assert client.post_form("/theme", theme="pink").status_code == 422


def test_choosing_a_theme_never_leads_away(client):
    cases = ["https://evil.example", "//evil.example", "/\\evil", "x", ""]
    for target in cases:
        answer = client.post_form("/theme", theme="dark", next=target)
        assert answer.location == "/", target


def test_a_stranger_cannot_choose_a_theme_for_somebody(client):
    assert client.post("/theme", data={"theme": "dark"}).status_code == 400
