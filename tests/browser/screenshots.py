"""Pictures of the main pages, narrow and wide, light and dark, and one on paper:
`make screenshots`."""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.browser_fixtures import find_chromium
from tests.live_server import LiveServer
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import Edit, save_edit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZES = ((360, 760), (1280, 860))
SCHEMES = ("light", "dark")
SIDES = ("top", "right", "bottom", "left")
CHALLENGE = "challenges/n-plus-one-queries"
PAGES = {
    "front": "/",
    "read": f"/wiki/{CHALLENGE}",
    "search": "/search?q=select_related",
    "edit": f"/edit/{CHALLENGE}",
    "history": "/history/redis-in-class",
    "diff": "/diff/redis-in-class?from=1&to=2",
    "changes": "/changes",
    "register": "/account/register",
    "missing": "/wiki/challenges/not-written-yet",
    "amharic": "/wiki/selamta",
    "everything": "/wiki/everything",
    "glossary": "/wiki/glossary",
}
WHOLE = ("everything", "glossary")  # pictures of these don't end with the screen
EVERYTHING = (Path(__file__).parent / "everything.md").read_text()
BEFORE = "Redis keeps everything in memory.\n\nA key can expire.\n"
AFTER = "Redis keeps everything in memory, and writes it to disk.\n\nA key can expire.\n"


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        server = LiveServer(Path(place), environment={"NEXUS_STARTER_PAGES": "on"}).start()
        try:
            _fill(server)
            browser = playwright.chromium.launch(
                executable_path=find_chromium(), args=["--no-sandbox"]
            )
            for size in SIZES:
                for scheme in SCHEMES:
                    _take(browser, server, folder, size, scheme)
            _print(browser, server, folder)
        finally:
            server.kill()


def _fill(server: LiveServer) -> None:
    selam, dawit = server.make_user("selam"), server.make_user("dawit")
    page = server.make_page("redis-in-class", title="Redis in class", text=BEFORE, by=selam)
    server.make_page("everything", title="Everything at once", text=EVERYTHING, by=selam)
    server.make_page("selamta", title="ሰላምታ እና መግቢያ", text="ይህ ገጽ ስለ Django ነው።\n", by=dawit)
    with server.app.app_context():
        save_edit(
            page.page_id, Edit(Content("Redis in class", AFTER), 1, "Say that it lasts"), by=dawit
        )
    server.index()


def _take(
    browser: "Browser", server: LiveServer, folder: Path, size: tuple[int, int], scheme: str
) -> None:
    width, height = size
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    value = server.cookie_of("selam", "learner")
    cookie = {"name": "nexus_session", "value": value, "url": server.url}
    tab = context.new_page()
    for name, address in PAGES.items():
        # Learners see more of a page than strangers; the door is for strangers.
        context.clear_cookies()
        if name not in ("front", "register"):
            context.add_cookies([cookie])  # type: ignore[list-item]
        tab.goto(address)
        _save(tab, folder / f"{name}-{width}-{scheme}.png", is_whole=name in WHOLE)
    _term(tab, folder / f"term-{width}-{scheme}.png")
    _conflict(tab)
    _save(tab, folder / f"conflict-{width}-{scheme}.png")
    context.close()


def _conflict(tab: "Page") -> None:
    """Submit a text based on the revision before somebody else changed the same line."""
    tab.goto("/edit/redis-in-class")
    tab.evaluate("document.querySelector('[name=base_revision]').value = '1'")
    tab.fill("[name=text]", BEFORE.replace("in memory", "in the memory of one machine"))
    tab.click("button[value=save]")
    tab.wait_for_selector("[name=choice-0]")
    tab.evaluate("scrollTo(0, 0)")


def _term(tab: "Page", path: Path) -> None:
    """An explanation from the glossary, opened by keyboard."""
    tab.goto(PAGES["everything"])
    tab.locator(".term-word").last.focus()
    _save(tab, path)


def _print(browser: "Browser", server: LiveServer, folder: Path) -> None:
    """The page with everything on it, on paper."""
    tab = browser.new_page(base_url=server.url)
    tab.goto(PAGES["everything"])
    _draw(tab)
    tab.pdf(path=folder / "everything.pdf", format="A4", margin=dict.fromkeys(SIDES, "15mm"))
    tab.close()


def _save(tab: "Page", path: Path, *, is_whole: bool = False) -> None:
    tab.wait_for_load_state("networkidle")
    size = tab.viewport_size
    if is_whole and size is not None:
        _draw(tab)
        # A screen as high as the page: outside of a screen no diagram is painted.
        height = tab.evaluate("document.documentElement.scrollHeight")
        tab.set_viewport_size({"width": size["width"], "height": height})
    tab.screenshot(path=path)
    if size is not None:
        tab.set_viewport_size(size)


def _draw(tab: "Page") -> None:
    """Have the diagrams drawn, which wait until they are scrolled to."""
    for frame in tab.locator(".diagram-frame").all():
        frame.scroll_into_view_if_needed()
        frame.content_frame.locator("body > svg").wait_for()  # not what is being drawn
    tab.evaluate("scrollTo(0, 0)")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/screenshots"))
