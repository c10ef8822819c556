"""The accent colour: whatever is chosen can be read, in both themes."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.look.test_styles import tokens
from tests.pages.visible_text import field_error, main
from wiki.identity import accent
from wiki.identity.accent import contrast, palette, parse_colour, stylesheet

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
TEXTS = ("ink", "muted", "link", "ok", "danger")
GROUNDS = ("paper", "surface", "sunken")


@pytest.fixture
def admin(client_of):
    return client_of("abeba", role="admin")


@given(COLOURS)
@example("#000000")
@example("#ffffff")
@example("#ffff00")
@example("#0000ff")
@example("#808080")
def test_any_colour_can_be_read(colour):
    made = palette(colour)
    for theme, shades in enumerate((made.light, made.dark)):
        grounds = [tokens()[name][theme] for name in GROUNDS]
        for ground in (*grounds, shades.wash, shades.on_accent):
            assert contrast(shades.accent, ground) >= 4.5, (colour, shades)
        assert contrast(shades.strong, shades.on_accent) >= 4.5
        for name in TEXTS:
            assert contrast(tokens()[name][theme], shades.wash) >= 4.5, (colour, name, shades)


@pytest.mark.parametrize("theme", [0, 1])
def test_it_is_measured_against_the_colours_of_the_stylesheet(theme):
    known = tokens()
    grounds = (accent.LIGHT_GROUNDS, accent.DARK_GROUNDS)[theme]
    texts = (accent.LIGHT_TEXTS, accent.DARK_TEXTS)[theme]
    assert grounds == tuple(known[name][theme] for name in GROUNDS)
    assert texts == tuple(known[name][theme] for name in TEXTS)
    assert known["accent"][0] == accent.DEFAULT_ACCENT


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert palette("#0f6b5c").light.accent == "#0f6b5c"
    assert palette("#ffcc00").dark.accent == "#ffcc00"
    assert palette("#ffcc00").light.accent != "#ffcc00"


@pytest.mark.parametrize(
    ("written", "colour"),
    [
        ("#0F6B5C", "#0f6b5c"),
        (" 0f6b5c ", "#0f6b5c"),
        ("#abc", "#aabbcc"),
        ("green", None),
        ("#0f6b5", None),
        ("#0f6b5c;}", None),
        ("", None),
        ("#٠٠٠", None),
    ],
)
def test_what_a_colour_is(written, colour):
    assert parse_colour(written) == colour


def test_every_token_of_the_accent_is_replaced():
    made = stylesheet("#aa2288")
    for name in ("accent", "accent-strong", "on-accent", "accent-wash"):
        assert re.search(rf"--{name}:light-dark\(#[0-9a-f]{{6}},#[0-9a-f]{{6}}\);", made)
        assert name in tokens()


# In the browser


def test_pages_take_the_colour(any_app, admin, client):
    assert "/accent/" not in client.get("/tags/").text
    assert admin.post_form("/admin/settings", accent="#A28").status_code == 303
    page = client.get("/tags/").text
    link = re.search(r'<link rel="stylesheet" href="(/accent/aa2288\.css\?v=\d+)">', page)
    assert link
    assert page.index("css/nexus.css") < link.start()
    answer = client.get(link[1])
    assert answer.mimetype == "text/css"
    assert answer.text == stylesheet("#aa2288")
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "Wiki settings changed : name, accent" in main(admin.get("/admin/audit"))
    admin.post_form("/admin/settings", accent="")
    assert "/accent/" not in client.get("/tags/").text


def test_a_page_that_was_kept_takes_it_too(admin, client, make_page):
    make_page("redis")
    client.get("/wiki/redis")
    admin.post_form("/admin/settings", accent="#aa2288")
    assert "/accent/aa2288.css" in client.get("/wiki/redis").text


@pytest.mark.settings(public_reading=False)
def test_who_may_not_read_yet_sees_it(admin, client):
    admin.post_form("/admin/settings", accent="#aa2288")
    assert "/accent/aa2288.css" in client.get("/account/login").text
    assert client.get("/accent/aa2288.css").status_code == 200


def test_it_is_looked_at_before_it_is_saved(admin, client):
    form = admin.open_form("/admin/settings")
    answer = form.submit(name="Unsaved", accent="#ffcc00", preview="y")
    assert answer.status_code == 200
    assert "/accent/ffcc00.css" in answer.text
    assert 'value="Unsaved"' in answer.text
    shown = main(answer)
    assert f"Light pages: {palette('#ffcc00').light.accent} changed so that it can be read" in shown
    assert "Dark pages: #ffcc00 A button" in shown
    assert "/accent/" not in client.get("/tags/").text
    assert admin.form_in(answer, "/admin/settings").submit().status_code == 303
    assert "/accent/ffcc00.css" in client.get("/tags/").text


@pytest.mark.parametrize("button", [{}, {"preview": "y"}])
def test_what_is_no_colour_is_reported(admin, client, button):
    answer = admin.open_form("/admin/settings").submit(accent="greenish", **button)
    assert answer.status_code == 422
    assert "Write # and six digits" in field_error(answer, "accent")
    assert 'value="greenish"' in answer.text


@pytest.mark.parametrize("written", ["green", "0f6b5", "0f6b5c%3B"])
def test_no_other_stylesheet_is_made(client, written):
    assert client.get(f"/accent/{written}.css").status_code == 404


def test_strangers_fill_no_memory_with_colours(client):
    for number in range(80):
        assert client.get(f"/accent/0000{number:02x}.css").status_code == 200
    assert palette.cache_info().currsize <= 64
