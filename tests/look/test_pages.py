"""Every page of the interface: valid HTML, names for everything, and no injection by titles."""

import pytest

from tests.look.page_structure import Shape

HOSTILE = """<img src=x onerror=alert(1)> "'&amp; {{ 7 * 7 }}"""
LONG = "Deserialisation_of_deeply_nested_GenericForeignKeyRelationships " * 3

PAGES = [
    "/wiki/hard",
    "/wiki/hard?revision=1",
    "/wiki/nowhere",
    "/wiki/gone",
    "/edit/hard",
    "/new",
    "/new?kind=challenge&title=" + "x" * 50,
    "/history/hard",
    "/diff/hard",
    "/diff/hard?from=1&to=2&view=inline",
    "/links/hard",
    "/delete/hard",
    "/undelete/gone",
    "/rename/hard",
    "/restore/hard?revision=1",
    "/changes",
    "/users/selam",
    "/users/nobody-at-all",
    "/",
    "/pages",
    "/tags/",
    "/kinds/",
    "/kinds/challenge",
    "/theme",
    "/account/settings",
    "/account/logout",
]
FOR_STRANGERS = ["/", "/wiki/hard", "/wiki/nowhere", "/account/login", "/account/register"]


@pytest.fixture
def wiki(client_of, make_page):
    """A wiki with a page of hostile words, a deleted one, and somebody signed in."""
    make_page(path="hard", title=HOSTILE, text=f"# {HOSTILE}\n\nText\n", tags=["<b>tag</b>"])
    make_page(path="gone", title=LONG[:150], text="Gone.\n")
    selam = client_of("selam")
    selam.post_form("/edit/hard", text="Other\n", summary=HOSTILE)
    selam.post_form("/delete/gone", summary=HOSTILE)
    return selam


def test_each_page_is_sound(wiki):
    for url in PAGES:
        check(wiki, url)


def test_each_page_is_sound_for_who_is_not_signed_in(wiki, client):
    for url in FOR_STRANGERS:
        check(client, url)


def check(person, url):
    response = person.get(url)
    shown = response.text
    assert response.status_code in (200, 404), url
    assert "<img src=x" not in shown, url
    assert "<b>tag" not in shown, url
    shape = Shape(shown)
    assert shape.headings.count(1) == 1, url
    steps = zip([0, *shape.headings], shape.headings, strict=False)
    assert all(after <= before + 1 for before, after in steps), (url, shape.headings)
    assert [shape.tags.count(tag) for tag in ("main", "header", "footer")][::2] == [1, 1], url
    assert len(shape.ids) == len(set(shape.ids)), url
    assert [name for name in shape.ids if not name.startswith("nx-")] == [], url
    assert (shape.forbidden, shape.unlabelled, shape.nameless) == ([], [], []), url


def test_what_was_typed_stands_in_the_form_again(wiki):
    form = wiki.open_form("/edit/hard")
    response = form.submit(title="", text="</textarea><script>alert(1)</script>\n")
    assert response.status_code == 422
    assert "&lt;/textarea&gt;&lt;script&gt;" in response.text
    assert 'href="#nx-title"' in response.text
    check_frame(Shape(response.text))


def test_a_preview_without_a_script_stands_beside_the_text(wiki):
    response = wiki.open_form("/edit/hard").submit(text="It is **bold**.\n", action="preview")
    assert "<strong>bold</strong>" in response.text
    assert "It is **bold**." in response.text


def test_a_conflict_shows_both_versions_and_loses_nothing(wiki, client_of, make_page):
    make_page(path="clash", title="Clash", text="One line.\n")
    hers, his = wiki.open_form("/edit/clash"), client_of("dawit").open_form("/edit/clash")
    hers.submit(text="One red line.\n", title="Clash")
    response = his.submit(text="One </pre><i>blue line.\n", title="Clash")
    assert response.status_code == 409
    assert "One red line." in response.text
    assert "&lt;/pre&gt;&lt;i&gt;blue" in response.text
    assert "<i>blue" not in response.text
    check_frame(Shape(response.text))


def check_frame(shape):
    assert (shape.forbidden, shape.unlabelled, shape.nameless) == ([], [], [])
    assert len(shape.ids) == len(set(shape.ids))


def test_the_first_line_of_a_text_may_be_empty(wiki, make_page):
    """Browsers drop a line break right after `<textarea>`: the template must add one."""
    make_page(path="blank", title="Blank", text="\n\n    code\n")
    assert "\n\n\n    code" in wiki.get("/edit/blank").text
