"""Explained terms, for who comes by pointer, by keyboard, by touch and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.live import LiveServer

pytestmark = pytest.mark.browser

# On a wide screen what follows would begin a line of its own, were it not for `text-wrap: pretty`.
LINE = "Some more words " * 3 + "before an"


@pytest.fixture
def terms(live_server: LiveServer) -> None:
    if "Redis" not in live_server.get("/pages"):
        text = "ORM\n:   Maps rows to objects.\n"
        live_server.make_page("words", title="Words", kind="glossary", text=text)
        live_server.make_page("redis", title="Redis", text=f"{LINE} ORM page.\n\n[Link](#x)\n")


def test_by_keyboard_and_pointer(terms: None, page: Page) -> None:
    page.goto("/wiki/redis")
    word, note = page.locator(".term-word"), page.get_by_role("tooltip")
    expect(note).to_be_hidden()
    word.focus()
    expect(note).to_have_text("Maps rows to objects.")
    expect(note).to_be_visible()
    expect(word).to_have_accessible_description("Maps rows to objects.")
    page.keyboard.press("Tab")  # into the explanation, which stays
    expect(page.locator(".term-note a")).to_be_focused()
    expect(note).to_be_visible()
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    word.hover()
    expect(note).to_be_visible()
    note.hover()  # it can be reached
    expect(note).to_be_visible()
    page.locator(".term-note a").click()
    expect(page.locator("#orm")).to_be_visible()


def test_by_touch_without_scripts(terms: None, visit: Callable[..., Page]) -> None:
    tab = visit(java_script_enabled=False, has_touch=True, width=360)
    tab.goto("/wiki/redis")
    tab.locator(".term-word").tap()
    expect(tab.get_by_role("tooltip")).to_be_visible()


def test_no_line_breaks_elsewhere_while_a_term_is_explained(
    terms: None, visit: Callable[..., Page]
) -> None:
    tab = visit()
    tab.goto("/wiki/redis")
    word, place = tab.locator(".term-word"), "element => element.getBoundingClientRect().toJSON()"
    before = word.evaluate(place)
    word.focus()
    assert word.evaluate(place) == before
