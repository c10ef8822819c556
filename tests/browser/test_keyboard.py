"""Nexus by keyboard: everything is reached in a sensible order, with a visible focus."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import action, editor
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

TEXT = """\
## A beginning

Words with a [[second page]] and an [outer one](https://example.org/).

```python
print("code to copy")
```

## A middle

| one | two |
|---|---|
| a | b |

## An end

Words.
"""

# What has the focus: its name, its place, and how the focus is visible.
FOCUSED = """
() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const label = element.labels?.[0]?.textContent ?? "";
  return {
    name: (element.ariaLabel ?? (label || element.textContent)).trim().replace(/\\s+/g, " "),
    html: element.outerHTML.slice(0, 120),
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    colour: style.outlineColor,
    inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    size: Math.min(box.width, box.height),
  };
}
"""


@pytest.fixture(scope="module")
def written(live_server: LiveServer) -> LiveServer:
    live_server.make_page("second-page", title="Second page", text="Second.\n")
    live_server.make_page("keys", title="Keys and locks", text=TEXT, tags=["hands"])
    return live_server


def walk(tab: Page, most: int = 120) -> Iterator[dict[str, Any]]:
    """Everything that Tab reaches from the top, in its order."""
    for _ in range(most):
        tab.keyboard.press("Tab")
        focused = tab.evaluate(FOCUSED)
        if focused is None:
            return
        yield focused
    raise AssertionError(f"Tab didn't get to the end in {most} steps")


def tab_to(tab: Page, name: str, most: int = 60) -> None:
    """Press Tab until what is called `name` has the focus."""
    for _ in range(most):
        tab.keyboard.press("Tab")
        focused = tab.evaluate(FOCUSED)
        if focused and focused["name"] == name:
            return
    raise AssertionError(f"{name} isn't reached in {most} steps")


@pytest.mark.parametrize(
    ("width", "order"),
    [
        (1280, ["relevance", "date", "Second page", "hands 1"]),
        (360, ["Narrow the results", "relevance", "date", "Second page"]),
    ],
)
def test_what_was_found_is_come_to_as_it_is_seen(
    visit: Callable[..., Page], written: LiveServer, width: int, order: list[str]
) -> None:
    written.index()
    tab = visit(width=width)
    tab.goto("/search?q=second")
    reached = [focused["name"] for focused in walk(tab)]
    assert [name for name in reached if name in order] == order


def test_the_first_stop_skips_what_stands_around(
    visit: Callable[..., Page], written: LiveServer
) -> None:
    tab = visit("selam")
    tab.goto("/wiki/keys")
    tab.keyboard.press("Tab")
    skip = tab.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("main")).to_be_focused()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_tab_goes_from_the_top_to_the_end_in_the_order_of_reading(
    visit: Callable[..., Page], written: LiveServer
) -> None:
    tab = visit("selam")
    tab.goto("/wiki/keys")
    names = [stop["name"] for stop in walk(tab)]
    order = ["Skip to content", "Nexus", "Search", "New page", "selam", "All pages"]
    order += ["Read", "Edit", "History", "Links", "More", "second page", "outer one", "Copy"]
    order += ["Theme", "Feed"]
    places = [names.index(name) for name in order]
    assert places == sorted(places), names
    # What is closed is passed by: menus, and the folded outline beside the text.
    assert not {"Sign out", "Rename"} & set(names)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_has_the_focus_is_seen(
    visit: Callable[..., Page], written: LiveServer, scheme: str
) -> None:
    tab = visit("selam", color_scheme=scheme)
    places = ("wiki/keys", "edit/keys", "history/keys", "search?q=keys", "account/settings")
    for place in ("", *places):
        tab.goto(f"/{place}")
        paper = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        stops = list(walk(tab))
        assert len(stops) > 10, place
        for stop in stops:
            assert stop["outline"] >= 2, (place, stop)
            assert stop["colour"] != paper, (place, stop)
            assert stop["inView"], (place, stop)
            assert stop["size"] > 8, (place, stop)


def test_a_menu_by_enter_and_escape(visit: Callable[..., Page], written: LiveServer) -> None:
    tab = visit("selam")
    tab.goto("/wiki/keys")
    tab_to(tab, "More")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    first = tab.get_by_role("main").get_by_role("link", name="Watch", exact=True)
    expect(first).to_be_focused()
    tab.keyboard.press("Escape")
    expect(first).to_be_hidden()
    assert tab.evaluate(FOCUSED)["name"] == "More"
    tab.keyboard.press("Space")
    expect(tab.get_by_role("link", name="Rename")).to_be_visible()
    for _ in range(20):  # past its end
        tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Rename")).to_be_hidden()


def test_a_slash_is_a_letter_where_one_types(
    visit: Callable[..., Page], written: LiveServer
) -> None:
    tab = visit("selam")
    tab.goto("/edit/keys")
    editor(tab).press("Control+a")
    tab.keyboard.type("and/or")
    expect(editor(tab)).to_have_value("and/or")


def test_the_toolbar_is_one_stop(visit: Callable[..., Page], written: LiveServer) -> None:
    tab = visit("selam")
    tab.goto("/edit/keys")
    bar = tab.get_by_role("toolbar")
    buttons = bar.get_by_role("button")
    expect(bar.locator("button[tabindex='0']")).to_have_count(1)
    buttons.first.focus()
    tab.keyboard.press("ArrowRight")
    expect(buttons.nth(1)).to_be_focused()
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("ArrowLeft")
    expect(buttons.last).to_be_focused()
    tab.keyboard.press("ArrowRight")
    expect(buttons.first).to_be_focused()
    tab.keyboard.press("End")
    expect(buttons.last).to_be_focused()
    tab.keyboard.press("Home")
    expect(buttons.first).to_be_focused()
    expect(bar.locator("button[tabindex='0']")).to_have_count(1)
    tab.keyboard.press("Tab")
    expect(editor(tab)).to_be_focused()
    tab.keyboard.press("Shift+Tab")
    expect(buttons.first).to_be_focused()


def test_a_page_is_edited_and_saved_without_a_mouse(
    visit: Callable[..., Page], written: LiveServer
) -> None:
    written.make_page("by-hand", title="By hand", text="Before\n")
    tab = visit("selam")
    tab.goto("/wiki/by-hand")
    tab_to(tab, "Edit")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/edit/by-hand")
    tab_to(tab, "Text")
    tab.keyboard.press("Control+a")
    tab.keyboard.type("After\n\nTab must leave this field:")
    tab_to(tab, "What did you change?", most=8)
    tab.keyboard.type("By keys alone")
    tab_to(tab, "Save", most=2)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("status")).to_contain_text("Saved as revision 2.")
    expect(action(tab, "Read")).to_have_attribute("aria-current", "page")


def test_revisions_are_compared_without_a_mouse(
    visit: Callable[..., Page], written: LiveServer
) -> None:
    tab = visit("selam")
    for text in ("One\n", "Two\n"):
        tab.goto("/edit/second-page")
        editor(tab).fill(text)
        editor(tab).press("Tab")
        tab.get_by_role("button", name="Save", exact=True).press("Enter")
        expect(tab.get_by_role("status")).to_be_visible()
    tab.goto("/history/second-page")
    tab_to(tab, "From revision 2")
    tab.keyboard.press("ArrowDown")
    expect(tab.get_by_label("From revision 1")).to_be_checked()
    tab.get_by_role("button", name="Compare").press("Enter")
    expect(tab.locator("del").first).to_contain_text("Second.")


def test_a_refused_form_puts_the_reader_at_what_is_wrong(
    visit: Callable[..., Page], written: LiveServer
) -> None:
    tab = visit("selam")
    tab.goto("/new")
    tab.get_by_role("textbox", name="Title").press("Enter")
    summary = tab.get_by_role("alert")
    expect(summary).to_be_focused()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("textbox", name="Title")).to_be_focused()
