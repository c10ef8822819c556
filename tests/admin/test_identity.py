"""The wiki's own name, tagline, logo and welcome."""

import io
import re

import pytest

from tests.files.upload_forms import picture
from tests.pages.visible_text import main
from wiki import create_app
from wiki.admin.settings_table import settings_table
from wiki.app_state import settings_of
from wiki.config import read_settings
from wiki.database import db
from wiki.identity import current
from wiki.identity.current import IDENTITY_CACHE

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><path d="M0 0h90v30z"/></svg>'


@pytest.fixture
def admin(client_of):
    return client_of("abeba", role="admin")


def test_it_is_shown_wherever_the_wiki_names_itself(any_app, admin, client, make_page):
    make_page("redis")
    client.get("/wiki/redis")
    answer = admin.post_form(
        "/admin/settings",
        name="ALX & <Friends>",
        tagline="What we learned",
        welcome="Hello, [[Redis]] and **all**",
    )
    assert answer.location == "/admin/settings"
    for address in ("/", "/wiki/redis", "/account/login", "/search?q=x", "/wiki/nowhere", "/tags/"):
        page = client.get(address).text
        assert "· ALX &amp; &lt;Friends&gt;</title>" in page, address
        assert 'class="brand-name">ALX &amp; &lt;Friends&gt;</bdi>' in page
    front = client.get("/").text
    assert "<h1>What we learned</h1>" in front
    assert '<a href="/wiki/redis"' in front
    assert "<strong>all</strong>" in front
    assert "ALX &amp; &lt;Friends&gt;</title>" in client.get("/changes.atom").text
    assert "<ShortName>ALX &amp; &lt;Friends&gt;</ShortName>" in client.get("/opensearch.xml").text
    assert client.get("/manifest.webmanifest").json["name"] == "ALX & <Friends>"
    assert "What we learned" in client.get("/account/login").text


def test_a_page_that_was_kept_changes_and_so_does_its_validator(admin, client, make_page):
    make_page("redis")
    before = client.get("/wiki/redis").headers["ETag"]
    assert client.get("/wiki/redis", headers={"If-None-Match": before}).status_code == 304
    admin.post_form("/admin/settings", name="Our hub")
    answer = client.get("/wiki/redis", headers={"If-None-Match": before})
    assert answer.status_code == 200
    assert "Our hub" in answer.text


def test_other_processes_show_it_soon(any_app, admin, monkeypatch):
    other = create_app(settings_of(any_app))
    other.testing = True
    assert "Nexus</title>" in other.test_client().get("/tags/").text
    admin.post_form("/admin/settings", name="Our hub")
    reader = IDENTITY_CACHE.of(other)
    reader._until -= current.CACHE_SECONDS + 1e-3  # a second later
    assert "Our hub</title>" in other.test_client().get("/tags/").text
    with other.app_context():
        db.engine.dispose()


def test_reading_costs_no_statement_of_the_request(admin, client, make_page, queries):
    make_page("redis")
    admin.post_form("/admin/settings", name="Our hub")
    client.get("/wiki/redis")
    with queries(at_most=1):
        client.get("/wiki/redis")


def test_what_can_not_be_shown_is_reported_and_nothing_is_lost(admin, client):
    cases = [
        ({"name": "x" * 61}, "name"),
        ({"name": "Our\u202ehub"}, "name"),
        ({"tagline": "x" * 161}, "tagline"),
        ({"welcome": "x" * 10_001}, "welcome"),
    ]
    for wrong, field in cases:
        typed = {"name": "Our hub", "tagline": "What we learned", "welcome": "Hello"} | wrong
        answer = admin.post_form("/admin/settings", **typed)
        assert answer.status_code == 422, wrong
        assert f'id="nx-{field}-error"' in answer.text, wrong
        form = admin.form_in(answer, "/admin/settings")
        # A line end at the beginning of a text field is none, says HTML.
        assert {name: form.values[name].lstrip("\r\n") for name in typed} == typed, wrong
        assert "Nexus</title>" in client.get("/tags/").text, wrong


def test_two_administrators_do_not_write_over_each_other(admin, client_of):
    form = admin.open_form("/admin/settings")
    client_of("bekele", role="admin").post_form("/admin/settings", name="Theirs")
    answer = form.submit(name="Mine", welcome="Long words")
    assert answer.status_code == 409
    assert "Somebody else has changed this in the meantime" in main(answer)
    again = admin.form_in(answer, "/admin/settings")
    assert again.values["name"] == "Mine"
    assert again.values["welcome"].strip() == "Long words"
    assert again.submit().status_code == 303


def test_a_welcome_runs_nothing(admin, client):
    admin.post_form("/admin/settings", welcome="<script>alert(1)</script> [x](javascript:alert(1))")
    front = client.get("/").text
    assert "<script>alert" not in front
    assert 'href="javascript' not in front


def test_who_may(client, client_of):
    assert client_of("selam").get("/admin/settings").status_code == 403
    assert client.get("/admin/settings").status_code == 302
    token = client_of("selam").open_form("/new").values["csrf_token"]
    answer = client_of("selam").post("/admin/settings", data={"csrf_token": token, "name": "Mine"})
    assert answer.status_code in (400, 403)


# The logo


@pytest.mark.settings(public_reading=False)
def test_a_logo_is_sized_and_seen_by_everybody(app, admin, client):
    logo = (io.BytesIO(picture(size=(1600, 400))), "logo.png")
    assert admin.post_form("/admin/settings", logo=logo).status_code == 303
    page = client.get("/account/login").text
    source = re.search(r'<img class="brand-logo" src="([^"]+)" width="(\d+)" height="(\d+)"', page)
    assert int(source[2]) == 4 * int(source[3]) <= 640
    answer = client.get(source[1])
    assert answer.status_code == 200
    assert answer.mimetype == "image/webp"
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert len(answer.data) < 100_000


def test_light_and_dark_pages_have_their_own_and_it_is_taken_away(admin, client):
    light = (io.BytesIO(SVG), "light.svg")
    dark = (io.BytesIO(SVG.replace(b"<path", b'<path fill="#ffffff"')), "dark.svg")
    admin.post_form("/admin/settings", logo=light, logo_dark=dark)
    page = client.get("/tags/").text
    assert 'media="(prefers-color-scheme: dark)" srcset="/logo/dark' in page
    assert 'src="/logo/light' in page
    client.set_cookie("nexus_theme", "dark")
    assert '<img class="brand-logo" src="/logo/dark' in client.get("/tags/").text
    admin.post_form("/admin/settings", remove_logo=True, remove_logo_dark=True)
    assert "brand-logo" not in client.get("/tags/").text
    assert client.get("/logo/dark").status_code == 404


@pytest.mark.parametrize(
    ("content", "name"), [(b"hello", "logo.png"), (b"words", "logo.txt"), (b"", "logo.png")]
)
def test_what_is_no_logo_is_refused(admin, content, name):
    answer = admin.post_form("/admin/settings", name="Our hub", logo=(io.BytesIO(content), name))
    assert answer.status_code == 422
    assert 'id="nx-logo-error"' in answer.text
    assert 'value="Our hub"' in answer.text


# What stands beside it


@pytest.mark.parametrize(
    ("url", "redis"),
    [
        (
            "postgresql://nexus:hidden@db.example/nexus?connect_timeout=2",
            "redis://:hidden@cache.example:6379/0",
        ),
        (
            "postgresql://db.example/nexus?password=hidden&connect_timeout=2&sslpassword=hidden",
            "redis://cache.example:6379/0?password=hidden",
        ),
        (
            "postgresql://nexus:hidden@[::1]/db.example?connect_timeout=2",
            "redis://:hidden@[::1]:6379/cache.example",
        ),
    ],
)
def test_the_environment_is_shown_without_its_secrets(tmp_path, url, redis):
    settings = read_settings(
        {
            "NEXUS_DATABASE_URL": url,
            "NEXUS_SECRET_KEY": "a key of tests, as long as it is needed",
            "NEXUS_RATE_LIMIT_STORAGE": redis,
            "NEXUS_INSTANCE": str(tmp_path),
        }
    )
    shown = dict(settings_table(settings))
    assert shown["NEXUS_PUBLIC_READING"] == "on"
    assert "db.example" in shown["NEXUS_DATABASE_URL"]
    assert shown["NEXUS_DATABASE_URL"].endswith("?connect_timeout=2")
    assert "cache.example" in shown["NEXUS_RATE_LIMIT_STORAGE"]
    assert "NEXUS_SECRET_KEY" not in shown
    assert "hidden" not in str(shown)


def test_the_log_tells_who_did_what(admin, make_user):
    make_user("selam")
    admin.post_form("/admin/settings", name="Our hub")
    admin.open_form("/admin/invitations", has="note").submit(note="Class 7")
    admin.post_form("/admin/people/selam", role="reader")
    told = main(admin.get("/admin/audit"))
    for line in ("Wiki settings changed : name", "Invitation created : Class 7", "by abeba"):
        assert line in told
    assert "Role changed : learner → reader" in told
