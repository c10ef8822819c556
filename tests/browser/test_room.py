"""The editor on small screens and in large print: tools in reach, room for text, nothing hidden."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import editor
from tests.files.upload_forms import picture
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

LONG = "".join(f"## Part {n}\n\n{'Some words of it. ' * 40}\n\n" for n in range(30))
# A telephone, an older one, the first with its text at 200 %, zoomed to 200 %, and with a keyboard.
SCREENS = [
    (360, 640, "100%"),
    (320, 568, "100%"),
    (360, 640, "200%"),
    (320, 640, "200%"),
    (360, 370, "100%"),
    (180, 320, "100%"),
    (768, 800, "100%"),
]
HARDEST = [SCREENS[0], SCREENS[2], SCREENS[5]]


@pytest.fixture(scope="module")
def written(live_server: LiveServer) -> LiveServer:
    live_server.make_page("roomy", title="Roomy", kind="challenge", text=LONG, tags=["a", "b"])
    return live_server


@pytest.fixture
def write(visit: Callable[..., Page], written: LiveServer) -> Callable[..., Page]:
    def write(width: int, height: int, size: str) -> Page:
        tab = visit("selam", width=width, height=height)
        tab.goto("/edit/roomy")
        tab.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
        expect(tab.locator("[data-toolbar]")).to_be_visible()
        return tab

    return write


def box(element: Locator) -> tuple[float, float]:
    """Where an element begins and ends, from the top of the window."""
    found = element.bounding_box()
    assert found is not None
    return found["y"], found["y"] + found["height"]


def settled(tab: Page) -> None:
    """Once the sticky parts have been measured, and the rest is laid out."""
    tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")


@pytest.mark.parametrize(("width", "height", "size"), SCREENS)
def test_tools_and_tabs_stay_in_reach_and_leave_room(
    write: Callable[..., Page], width: int, height: int, size: str
) -> None:
    tab = write(width, height, size)
    # As somebody writes in the middle of a long text.
    editor(tab).evaluate(
        """field => {
          const at = field.value.indexOf("## Part 15");
          field.focus();
          field.setSelectionRange(at, at);
        }"""
    )
    tab.keyboard.type("x")
    settled(tab)
    tabs = tab.get_by_role("group", name="Show")
    tools = tab.get_by_role("toolbar", name="Markdown")
    save = tab.get_by_role("button", name="Save", exact=True)
    for part in (tabs, tools, save):
        expect(part).to_be_in_viewport(ratio=0.99)
    assert box(tabs)[1] <= box(tools)[0] + 1
    room = box(tab.locator(".editor-bar"))[0] - box(tools)[1]
    assert room >= 0.4 * height, f"{room} of {height} px are left for the text"
    # The line that was typed in isn't below the bar, nor behind the tools.
    caret = tab.evaluate(
        """() => {
          const field = document.querySelector("#nx-text");
          const mirror = document.querySelector(".editor-mirror");
          mirror.textContent = field.value.slice(0, field.selectionStart);
          const y = field.getBoundingClientRect().top + mirror.offsetHeight;
          mirror.textContent = "";
          return y;
        }"""
    )
    assert box(tools)[1] - 1 <= caret <= box(tab.locator(".editor-bar"))[0] + 30


@pytest.mark.parametrize(("width", "height", "size"), HARDEST)
def test_the_bar_covers_nothing_that_has_the_focus(
    write: Callable[..., Page], width: int, height: int, size: str
) -> None:
    tab = write(width, height, size)
    editor(tab).press("Control+End")
    editor(tab).press_sequentially("A word.")
    expect(tab.locator("[data-keep-status]")).to_contain_text("Draft saved at")
    tab.evaluate("scrollTo(0, 0)")
    for name in ("Kind", "Status", "Tags", "Minor edit"):
        field = tab.get_by_label(name, exact=True)
        field.focus()
        settled(tab)
        start, end = box(field)
        assert start >= box(tab.locator(".editor-label"))[1] - 1, name
        assert end <= box(tab.locator("[data-keep-status]"))[0] + 1, name
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    settled(tab)
    assert box(tab.get_by_label("Minor edit"))[1] <= box(tab.locator("[data-keep-status]"))[0] + 1


@pytest.mark.parametrize(("width", "height", "size"), HARDEST)
def test_nor_how_far_a_file_is(
    write: Callable[..., Page], width: int, height: int, size: str
) -> None:
    tab = write(width, height, size)
    tab.route("**/files/upload", lambda route: None)
    file = {"name": "one.png", "mimeType": "image/png", "buffer": picture()}
    tab.locator("[data-upload-choose]").set_input_files([file])  # type: ignore[list-item]
    bar = tab.get_by_role("progressbar")
    expect(bar).to_be_in_viewport(ratio=1)
    settled(tab)
    assert box(bar)[1] <= box(tab.locator(".editor-bar"))[0]
    tab.keyboard.press("Control+s")
    stop = tab.get_by_role("button", name="Save without waiting")
    stop.scroll_into_view_if_needed()
    expect(stop).to_be_in_viewport(ratio=0.95)
    settled(tab)
    assert box(bar)[1] <= box(tab.locator(".editor-bar"))[0]
    tab.unroute_all(behavior="ignoreErrors")
