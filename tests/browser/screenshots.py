"""Pictures of the main pages, narrow and wide, light and dark: `make screenshots`."""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.browser_fixtures import find_chromium
from tests.live import LiveServer
from wiki.pages.content import Content
from wiki.pages.write import Edit, revise

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZES = ((360, 760), (1280, 860))
SCHEMES = ("light", "dark")
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
}
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
        finally:
            server.kill()


def _fill(server: LiveServer) -> None:
    selam, dawit = server.make_user("selam"), server.make_user("dawit")
    page = server.make_page("redis-in-class", title="Redis in class", text=BEFORE, by=selam)
    server.make_page("selamta", title="ሰላምታ እና መግቢያ", text="ይህ ገጽ ስለ Django ነው።\n", by=dawit)
    with server.app.app_context():
        revise(
            page.page_id, Edit(Content("Redis in class", AFTER), 1, "Say that it lasts"), by=dawit
        )


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
        _save(tab, folder / f"{name}-{width}-{scheme}.png")
    _conflict(tab)
    _save(tab, folder / f"conflict-{width}-{scheme}.png")
    context.close()


def _conflict(tab: "Page") -> None:
    """Hand in a text that began before somebody else's change of the same line."""
    tab.goto("/edit/redis-in-class")
    tab.evaluate("document.querySelector('[name=base_revision]').value = '1'")
    tab.fill("[name=text]", BEFORE.replace("in memory", "in the memory of one machine"))
    tab.click("button[value=save]")
    tab.wait_for_selector("[name=choice-0]")
    tab.evaluate("scrollTo(0, 0)")


def _save(tab: "Page", path: Path) -> None:
    tab.wait_for_load_state("networkidle")
    tab.screenshot(path=path)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/screenshots"))
