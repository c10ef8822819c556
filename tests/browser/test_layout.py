"""The layout of pages on screen and paper, their weight, and that no browser complains."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.long_words import LONG_WORD
from tests.browser.overflow import too_wide, too_wide_at
from tests.browser.steps import editor, open_menu
from tests.browser.world import World, run_into_a_conflict, run_into_refusals
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

WEIGHT_LIMIT = 100_000  # bytes of HTML, CSS and JavaScript, before compression


@pytest.fixture(scope="module")
def live_server(world: World) -> LiveServer:
    return world.server


def test_the_alarm_rings(visit: Callable[..., Page], world: World) -> None:
    tab = visit(width=360)
    tab.goto("/wiki/redis")
    tab.evaluate("document.querySelector('[data-text] p').style.width = '400px'")
    assert len(too_wide(tab)) == 2


def test_a_long_word_that_was_searched_scrolls_nothing(
    visit: Callable[..., Page], world: World
) -> None:
    """Its mark is cut off. All other pages: `test_accessibility.py`."""
    assert too_wide_at(visit(width=360), [f"/search?q={LONG_WORD}"]) == []


def test_nothing_that_opens_scrolls_sideways(visit: Callable[..., Page], world: World) -> None:
    tab = visit("selam", width=360)
    run_into_a_conflict(tab, world.server)
    tab.get_by_text("Or edit the whole text yourself").click()
    found = too_wide(tab)
    for menu in ("More", "selam"):
        tab.goto("/wiki/hard")
        open_menu(tab, menu)
        found += too_wide(tab)
    stranger = visit(width=360)
    run_into_refusals(stranger)
    assert found + too_wide(stranger) == []


def test_search_has_a_row_of_its_own_on_a_phone(visit: Callable[..., Page]) -> None:
    page = visit(width=360)
    page.goto("/account/login")
    page.get_by_role("link", name="Register", exact=True).first.evaluate("link => link.remove()")
    top = "element => element.getBoundingClientRect().top"
    brand = page.locator(".masthead .brand").evaluate(top)
    rows = [
        page.locator(f".masthead {each}").evaluate(top) for each in (".person", ".find", ".site")
    ]
    assert rows[0] <= brand + 8 < brand + 40 < min(rows[1:])
    assert max(rows[1:]) - min(rows[1:]) < 8


def test_who_may_only_propose_has_one_row_of_actions(
    visit: Callable[..., Page], world: World
) -> None:
    page = visit("reta", role="reader", width=360)
    for url in ("/wiki/redis", "/history/redis", "/propose/redis"):
        page.goto(url)
        assert page.locator(".actions").evaluate("row => row.offsetHeight") < 60, url


def test_a_name_of_64_letters_leaves_room_for_the_rest(
    visit: Callable[..., Page], world: World
) -> None:
    tab = visit("Wolfeschlegelsteinhausenbergerdorff" + "x" * 29, width=360)
    assert too_wide_at(tab, ["/", "/wiki/redis", "/account/logout"]) == []


def test_text_of_twice_the_size_scrolls_no_page_sideways(
    visit: Callable[..., Page], world: World
) -> None:
    """WCAG 2.2, 1.4.4 and 1.4.10, for reading on a phone with large print."""
    tab = visit("root", role="admin", width=360)
    tab.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
          document.documentElement.style.fontSize = "200%";
        });"""
    )
    urls = ["/", "/wiki/hard", "/edit/redis", "/history/hard", "/changes", "/files/?in=hard"]
    urls += ["/diff/redis?from=1&to=2", "/search?q=redis", "/users/selam/undo", "/delete/hard"]
    urls += ["/admin/", "/admin/settings", "/admin/invitations"]
    assert too_wide_at(tab, urls) == []
    tab.goto("/wiki/redis")
    # Elements in a row are next to each other and never overlap.
    words = tab.locator(".masthead a, .masthead summary, .actions a, .actions summary")
    boxes = [box for word in words.all() if word.is_visible() and (box := word.bounding_box())]
    assert len(boxes) > 6
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            is_beside = (
                one["x"] + one["width"] <= other["x"] + 1
                or other["x"] + other["width"] <= one["x"] + 1
            )
            is_below = (
                one["y"] + one["height"] <= other["y"] + 1
                or other["y"] + other["height"] <= one["y"] + 1
            )
            assert is_beside or is_below, (one, other)


@pytest.mark.parametrize("width", [360, 1280])
def test_wide_things_scroll_in_themselves(
    visit: Callable[..., Page], world: World, width: int
) -> None:
    tab = visit(width=width)
    tab.goto("/wiki/hard")
    for selector in (".table-scroll", ".code > pre"):
        wide = tab.locator(selector).first
        assert wide.evaluate("element => element.scrollWidth > element.clientWidth")
        wide.focus()
        expect(wide).to_be_focused()  # so that arrow keys move it
        tab.keyboard.press("ArrowRight")
        tab.wait_for_function("element => element.scrollLeft > 0", arg=wide.element_handle())


def test_code_keeps_80_columns_on_a_wide_screen(visit: Callable[..., Page], world: World) -> None:
    line = "x" * 80
    world.server.make_page("columns", text=f"```text\n{line}\n```\n")
    tab = visit()
    tab.goto("/wiki/columns")
    code = tab.locator(".code > pre")
    assert code.evaluate("element => element.scrollWidth <= element.clientWidth")


def test_arabic_reads_from_the_right(visit: Callable[..., Page], world: World) -> None:
    tab = visit()
    tab.goto("/wiki/arabic")
    expect(tab.get_by_role("heading", level=1)).to_have_css("direction", "rtl")
    expect(tab.locator("[data-text]")).to_have_css("direction", "rtl")
    tab.goto("/wiki/hard")
    expect(tab.locator("[data-text]")).to_have_css("direction", "ltr")
    tab.goto("/search?q=ريديس")
    title = tab.locator(".result-title", has=tab.get_by_role("link", name="ما هو ريديس؟"))
    expect(title).to_have_css("direction", "rtl")


@pytest.mark.parametrize("url", ["/wiki/hard", "/wiki/redis", "/"])
def test_a_page_is_light(visit: Callable[..., Page], world: World, url: str) -> None:
    tab = visit()
    tab.goto(url, wait_until="networkidle")
    parts: list[dict[str, Any]] = tab.evaluate(
        """() => performance.getEntries()
          .filter(({entryType}) => entryType === "navigation" || entryType === "resource")
          .map(({name, decodedBodySize}) => ({name, size: decodedBodySize}))"""
    )
    sizes = {part["name"].partition("?")[0]: part["size"] for part in parts}
    total = sum(size for name, size in sizes.items() if not name.endswith((".svg", ".webmanifest")))
    assert len(sizes) > 3
    assert 10_000 < total < WEIGHT_LIMIT, sizes


def test_paper_shows_the_text_without_the_frame(visit: Callable[..., Page], world: World) -> None:
    tab = visit("selam", color_scheme="dark")
    tab.goto("/wiki/hard")
    tab.emulate_media(media="print")
    for gone in (
        ".masthead",
        ".foot",
        ".actions",
        ".outline",
        ".skip",
        ".breadcrumb",
        ".code-copy",
    ):
        for element in tab.locator(gone).all():
            expect(element).to_be_hidden()
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    expect(tab.locator("[data-text]")).to_be_visible()
    expect(tab.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    # Paper doesn't scroll: long lines of code break.
    code = tab.locator(".code > pre").first
    assert code.evaluate("element => element.scrollWidth <= element.clientWidth")


def test_nothing_moves_for_who_asked_for_less_motion(
    visit: Callable[..., Page], world: World
) -> None:
    tab = visit("selam", reduced_motion="reduce")
    for url in ("/", "/wiki/hard", "/edit/redis"):
        tab.goto(url)
        moving = tab.evaluate(
            """() => [...document.querySelectorAll("*")].filter((element) => {
              const style = getComputedStyle(element);
              const times = `${style.transitionDuration},${style.animationDuration}`.split(",");
              return style.scrollBehavior === "smooth" || times.some((t) => parseFloat(t) > 0);
            }).map((element) => element.outerHTML.slice(0, 80))"""
        )
        assert moving == []


SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const { hadRecentInput, value, sources } of list.getEntries()) {
    const moved = sources.map(({ node }) => (node?.outerHTML ?? "text").slice(0, 80))
    if (!hadRecentInput) shifts.push({ value, moved });
  }
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize(("width", "height"), [(360, 640), (1280, 800)])
def test_nothing_moves_while_a_page_loads(
    visit: Callable[..., Page], world: World, width: int, height: int
) -> None:
    """Over a slow line, on which everything arrives separately; all pages in parallel."""
    tab = visit("selam", width=width, height=height)
    tab.context.add_init_script(SHIFTS)
    # Offering a text that only the browser has kept moves nothing either.
    kept = '{"at": 1, "fields": {"text": "Half a thought."}}'
    tab.goto("/pages")
    tab.evaluate("kept => localStorage.setItem('nexus-draft:selam:redis::key', kept)", kept)
    addresses = ["/", "/wiki/hard", "/search?q=redis", "/history/redis", "/changes"]
    addresses += ["/edit/redis", "/edit/port", "/edit/hard", "/new?kind=guide", "/files/"]
    addresses += [f"/files/{world.file}", "/files/upload", "/diff/redis?from=1&to=2"]
    tabs = {url: tab.context.new_page() for url in addresses}
    for url, tab in tabs.items():
        line = tab.context.new_cdp_session(tab)
        line.send("Network.enable")
        line.send("Network.setCacheDisabled", {"cacheDisabled": True})
        slow = {"latency": 60, "downloadThroughput": 150_000, "uploadThroughput": 50_000}
        line.send("Network.emulateNetworkConditions", {"offline": False, **slow})
        tab.goto(url, wait_until="commit")
    for url, tab in tabs.items():
        tab.wait_for_load_state("networkidle")
        if url == "/edit/redis":
            offer = tab.get_by_role("link", name="This browser has an unsaved version")
            expect(offer).to_be_visible()
        shifts = tab.evaluate("shifts")
        assert sum(shift["value"] for shift in shifts) < 0.03, (url, shifts)


def test_scripts_and_styles_are_asked_for_once(visit: Callable[..., Page], world: World) -> None:
    tab = visit("selam")
    tab.goto("/edit/redis", wait_until="networkidle")
    tab.goto("/edit/hard", wait_until="networkidle")
    sent = tab.evaluate(
        """() => performance.getEntriesByType("resource")
          .filter(({ name }) => new URL(name).pathname.startsWith("/static/"))
          .map(({ name, transferSize }) => [name, transferSize])"""
    )
    assert sum(name.endswith(".js") for name, _size in sent) > 10
    assert [name for name, size in sent if size] == []


def test_the_editor_keeps_text_and_save_in_view(visit: Callable[..., Page], world: World) -> None:
    for width, height in ((360, 640), (1280, 800)):
        tab = visit("selam", width=width, height=height)
        tab.goto("/edit/hard")
        expect(tab.get_by_role("button", name="Save", exact=True)).to_be_in_viewport(ratio=1)
        expect(editor(tab)).to_be_in_viewport()


def test_targets_are_large_enough_for_a_thumb(visit: Callable[..., Page], world: World) -> None:
    """44 px high (WCAG 2.2, 2.5.5) and 24 wide, but for links inside a sentence."""
    tab = visit("selam", width=360, has_touch=True, is_mobile=True)
    urls = ["/", "/wiki/hard", "/wiki/ethiopic/ሬዲስ", "/history/redis", "/blame/redis", "/tags/"]
    urls += ["/search?q=redis", "/pages", "/changes", "/files/", "/users/dawit", "/kinds/guide"]
    for url in urls:
        tab.goto(url)
        small = tab.evaluate(
            """() => [...document.querySelectorAll("a[href], button, summary, input, select")]
              .filter((e) => e.checkVisibility({visibilityProperty: true}) && e.type !== "hidden")
              .filter((e) => !e.closest(".text, .sr-only, .skip, [hidden]"))
              .map((e) => [(e.closest("label") ?? e).getBoundingClientRect(), e])
              .filter(([box]) => box.width > 0 && (box.height < 43.5 || box.width < 24))
              .map(([box, e]) => `${Math.round(box.width)}x${Math.round(box.height)} `
                + e.outerHTML.slice(0, 100))"""
        )
        assert small == [], url


def test_a_title_takes_two_lines_of_a_list_at_most(
    visit: Callable[..., Page], world: World
) -> None:
    tab = visit("selam", width=360)
    for url in ("/pages", "/changes", "/search?q=community", "/kinds/guide", "/users/selam"):
        tab.goto(url)
        title = tab.locator("main li a", has_text="How the community of learners").first
        lines = title.evaluate(
            "(e) => e.getBoundingClientRect().height / parseFloat(getComputedStyle(e).lineHeight)"
        )
        assert 1.9 < lines < 2.1, url
