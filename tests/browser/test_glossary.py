"""Explained terms and abbreviations: by pointer, by keyboard, by touch and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

# On a wide screen what follows would begin a line of its own, were it not for `text-wrap: pretty`.
LINE = "Some more words " * 3 + "before an"


@pytest.fixture(scope="module")
def terms(live_server: LiveServer) -> None:
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


ABBREVIATION = "[data-text] abbr"
# The box of an abbreviation's meaning, as far as a pointer can reach it on the screen.
NOTE = """abbr => {
  const style = getComputedStyle(abbr, "::after");
  if (style.visibility === "hidden") return null;
  const word = abbr.firstElementChild, xs = [], ys = [];
  const {top, bottom} = abbr.getBoundingClientRect(), reach = 2 * parseFloat(style.height);
  const low = Math.floor(Math.max(0, top - reach)), high = Math.min(innerHeight, bottom + reach);
  for (let y = low; y < high; y += 2)
    for (let x = 0; x < innerWidth; x += 2)
      if (document.elementFromPoint(x, y) === abbr) { xs.push(x); ys.push(y); }
  return {
    text: style.content, width: Math.max(...xs) - Math.min(...xs) + 2,
    isWhole: Math.abs(Math.max(...xs) - Math.min(...xs) + 2 - parseFloat(style.width)) <= 4
      && Math.abs(Math.max(...ys) - Math.min(...ys) + 2 - parseFloat(style.height)) <= 4,
    isWide: document.documentElement.scrollWidth > innerWidth,
    isTipShown: word.title !== "",
  };
}"""


@pytest.fixture(scope="module")
def abbreviation(live_server: LiveServer) -> str:
    meaning = "HyperText Markup Language, in which every page of this wiki is sent to a browser"
    text = f"{LINE} HTML page.\n\n*[HTML]: {meaning}\n"
    live_server.make_page("abbreviated", title="Abbreviated", text=text)
    return meaning


@pytest.mark.parametrize("width", [360, 1280])
def test_an_abbreviation_by_keyboard_and_pointer(
    abbreviation: str, visit: Callable[..., Page], width: int
) -> None:
    tab = visit(width=width)
    tab.goto("/wiki/abbreviated")
    word = tab.locator(ABBREVIATION)
    assert word.evaluate(NOTE) is None
    for _ in range(40):
        tab.keyboard.press("Tab")
        if word.evaluate("abbr => abbr === document.activeElement"):
            break
    expect(word).to_be_focused()
    shown = word.evaluate(NOTE)
    assert abbreviation in shown["text"]
    assert shown["isWhole"], shown
    assert not shown["isWide"]
    tab.keyboard.press("Escape")
    assert word.evaluate(NOTE) is None
    tab.keyboard.press("Tab")
    word.hover()
    shown = word.evaluate(NOTE)
    assert abbreviation in shown["text"]
    assert not shown["isTipShown"]  # by the browser, a second time


@pytest.mark.parametrize(("url", "word"), [("redis", ".term-word"), ("abbreviated", ABBREVIATION)])
def test_no_line_breaks_elsewhere_while_a_word_is_explained(
    terms: None, abbreviation: str, visit: Callable[..., Page], url: str, word: str
) -> None:
    tab = visit()
    tab.goto(f"/wiki/{url}")
    place = "element => element.getBoundingClientRect().toJSON()"
    before = tab.locator(word).evaluate(place)
    tab.locator(word).focus()
    assert tab.locator(word).evaluate(place) == before


def test_an_abbreviation_by_touch_without_scripts(
    abbreviation: str, visit: Callable[..., Page]
) -> None:
    tab = visit(java_script_enabled=False, has_touch=True, width=360)
    tab.goto("/wiki/abbreviated")
    tab.locator(ABBREVIATION).tap()
    expect(tab.locator(ABBREVIATION)).to_be_focused()
