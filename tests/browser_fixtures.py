"""Fixtures with a real server and a real browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.live_server import LiveServer
from tests.optional_resources import is_absent

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser_tabs import Tabs

# The first has no windows at all, and makes a tab in a third of the time.
CHROMIUMS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
# As root, which is how tests run in containers, Chromium refuses to start sandboxed.
# What a page asks for elsewhere comes to nothing. Drawing as if there were a graphics card, where
# there is none, takes a tenth of the time.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",
    "--no-proxy-server",
    "--host-resolver-rules=MAP localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture
def start_server(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Callable[..., LiveServer]]:
    """Starts servers of this test's own: `start_server(environment={"NEXUS_WORKERS": "2"})`."""
    started: list[LiveServer] = []

    def start(**options: Any) -> LiveServer:
        server = LiveServer(tmp_path / f"server{len(started)}", **options)
        started.append(server)
        return server.begin_with(migrated_sqlite).start()

    yield start
    for server in started:
        server.kill()


@pytest.fixture(scope="module")
def module_server(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> Iterator[Callable[..., LiveServer]]:
    """Starts servers that the tests of one module share: `module_server(environment={…})`."""
    started: list[LiveServer] = []

    def start(**options: Any) -> LiveServer:
        server = LiveServer(tmp_path_factory.mktemp("server"), **options)
        started.append(server)
        return server.begin_with(migrated_sqlite).start()

    yield start
    for server in started:
        server.kill()


@pytest.fixture(scope="session")
def live_server(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> Iterator[LiveServer]:
    """One server for all tests; what one of them asks about has a path or a word of its own."""
    server = LiveServer(tmp_path_factory.mktemp("live")).begin_with(migrated_sqlite).start()
    yield server
    server.kill()


def find_chromium() -> str | None:
    asked = os.environ.get("NEXUS_TEST_CHROMIUM")
    found = (shutil.which(name) for name in ((asked,) if asked else CHROMIUMS))
    return next((path for path in found if path), None)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Chromium of the system, without a window."""
    path = find_chromium()
    if path is None:
        is_absent("no Chromium: install it, or set NEXUS_TEST_CHROMIUM to its path")
    from playwright.sync_api import expect, sync_playwright

    from tests.browser_tabs import LIMIT

    expect.set_options(timeout=LIMIT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tabs(browser: "Browser") -> "Tabs":
    from tests.browser_tabs import Tabs

    return Tabs(browser)


@pytest.fixture
def page(tabs: "Tabs", live_server: LiveServer) -> Iterator["Page"]:
    """A tab at the live server, 1280 × 800; a script's error or a breach of the CSP fails the test.

    `page.goto("/wiki/redis")` is relative to the server.
    """
    tab = tabs.acquire(live_server.url)
    wrong: list[str] = []
    tab.on_error = wrong.append
    tab.on_console = lambda said: (
        wrong.append(said.text) if "Content Security" in said.text else None
    )
    yield tab.page
    tabs.release(tab)
    assert not wrong, wrong


@pytest.fixture
def sign_in(page: "Page", live_server: LiveServer) -> Callable[..., None]:
    """`sign_in("selam", role="learner")`: she is signed in in `page`."""

    def sign_in(username: str, role: str = "learner") -> None:
        value = live_server.cookie_of(username, role)
        page.context.add_cookies(
            [{"name": "nexus_session", "value": value, "url": live_server.url}]
        )

    return sign_in
