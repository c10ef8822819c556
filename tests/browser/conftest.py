"""Tabs in browsers of their own; whatever a page complains about fails the test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from sqlalchemy import delete

from tests.browser.world import World, build
from tests.browser_tabs import Tab, Tabs
from tests.live_server import LiveServer
from tests.mail_servers import MailServer
from wiki.database import write_transaction
from wiki.pages.models import Draft


class Complaints:
    """What a browser reported: script errors, violations of the policy, dialogs."""

    def __init__(self, tab: Tab, expected: tuple[str, ...]) -> None:
        self.heard: list[str] = []
        self.expected = expected
        tab.on_console = self._note
        tab.on_error = self.heard.append

    def _note(self, said: ConsoleMessage) -> None:
        # Chromium reports every answer from 400 on, and those are what some tests ask for.
        is_answer = said.text.startswith("Failed to load resource") and " status of 4" in said.text
        is_page = said.page is not None and said.location["url"] == said.page.url
        is_expected = any(words in said.text for words in self.expected)
        if said.type == "error" and not (is_answer and is_page) and not is_expected:
            self.heard.append(f"{said.text} ({said.location['url']})")


@pytest.fixture(scope="session")
def world(
    tmp_path_factory: pytest.TempPathFactory,
    migrated_sqlite: Path,
    compiled_templates: FileSystemBytecodeCache,
) -> Iterator[World]:
    """A wiki in which every page of the interface has something to show."""
    server = LiveServer(tmp_path_factory.mktemp("world")).begin_with(migrated_sqlite).start()
    server.app.jinja_env.bytecode_cache = compiled_templates
    yield build(server)
    server.kill()


@pytest.fixture(scope="session")
def starter_server(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> Iterator[LiveServer]:
    """A wiki with its starter pages, as a newcomer finds it."""
    server = LiveServer(
        tmp_path_factory.mktemp("starter"), environment={"NEXUS_STARTER_PAGES": "on"}
    ).begin_with(migrated_sqlite)
    yield server.start()
    server.kill()


@pytest.fixture(scope="module")
def mail_server() -> Iterator[MailServer]:
    """The one of a module, by which its server mails."""
    server = MailServer().start()
    yield server
    server.stop()


@pytest.fixture(scope="module", autouse=True)
def no_drafts(live_server: LiveServer) -> None:
    """What other modules left half written on a server that they share is offered to nobody."""
    with live_server.app.app_context(), write_transaction() as session:
        session.execute(delete(Draft))


@pytest.fixture
def visit(tabs: Tabs, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """`visit("selam", width=360, java_script_enabled=False)`: a tab of a browser of its own.

    In it `selam` is signed in; without a name nobody is. Addresses are relative to the server.
    `expected` are words of complaints that belong to the test: scripts hear what they ask for.
    """
    taken: list[tuple[Tab, Complaints]] = []

    def visit(
        username: str | None = None,
        *,
        role: str = "learner",
        expected: tuple[str, ...] = (),
        **options: Any,
    ) -> Page:
        tab = tabs.acquire(live_server.url, **options)
        taken.append((tab, Complaints(tab, expected)))
        if username is not None:
            sign_in(tab.context, live_server, username, role)
        return tab.page

    yield visit
    for tab, _ in taken:
        tabs.release(tab)
    assert [heard for _, complaints in taken for heard in complaints.heard] == []


def sign_in(
    context: BrowserContext, server: LiveServer, username: str, role: str = "learner"
) -> None:
    """Give the browser a session of `username`, who is made when there is nobody of that name."""
    value = server.cookie_of(username, role)
    context.add_cookies([{"name": "nexus_session", "value": value, "url": server.url}])
