"""The hub in one file: opened from a disk, searched, edited, given back; and attacked."""

import base64
import gzip
import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.axe import equip, faults
from tests.browser.hostile import TRIPWIRE, payloads
from tests.browser.steps import press
from tests.live_server import LiveServer
from wiki.database import db
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import Edit, save_edit

pytestmark = pytest.mark.browser

TEXT = "Redis keeps everything in memory.\n\nIt can write it to disk.\n\nIt has one thread.\n"

numbers = itertools.count()


@pytest.fixture
def hub_file(live_server: LiveServer, tmp_path: Path) -> Callable[[str], Path]:
    """`hub_file(folder)`: the file with the pages there, on the disk."""

    def hub_file(folder: str) -> Path:
        file = tmp_path / "hub.html"
        file.write_text(live_server.get(f"/offline/hub.html?below={folder}"))
        return file

    return hub_file


def test_what_is_written_offline_comes_back(
    visit: Callable[..., Page], live_server: LiveServer, hub_file: Callable[[str], Path]
) -> None:
    folder = f"offline-{next(numbers)}"
    made = live_server.make_page(f"{folder}/redis", title="Redis", text=TEXT)
    live_server.make_page(f"{folder}/other", title="Other", text="See [[Redis]].\n")
    file = hub_file(folder)
    tab = visit("selam", width=360)
    tab.context.set_offline(True)
    tab.goto(file.as_uri())
    tab.evaluate("localStorage.clear()")
    tab.goto("about:blank")
    tab.goto(file.as_uri())
    tab.get_by_label("Search").fill("mem")
    result = tab.get_by_role("link", name="Redis")
    expect(tab.get_by_role("status").filter(has_text="1 page")).to_be_visible()
    expect(tab.locator("mark")).to_have_text("memory")
    result.click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Redis")
    tab.get_by_role("link", name="Edit").click()
    text = tab.get_by_label("Text", exact=True)
    text.fill(TEXT.replace("one thread", "one thread for commands"))
    tab.get_by_label("What did you change?").fill("Which thread")
    tab.get_by_role("link", name="New page").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("New page")
    tab.get_by_label("Title").fill("Written offline")
    tab.get_by_label("Path").fill(f"{folder}/new")
    tab.get_by_label("Text", exact=True).fill("Without a network.\n")
    # What was typed is there again after the file was closed.
    tab.goto("about:blank")
    tab.goto(file.as_uri())
    expect(tab.get_by_role("link", name="Your changes")).to_contain_text("2")
    tab.get_by_role("link", name="Your changes").click()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save changes").click()
    saved = file.with_name("changes.json")
    download.value.save_as(saved)

    with live_server.app.app_context():
        theirs = TEXT.replace("in memory", "in main memory")
        save_edit(made.page_id, Edit(Content("Redis", theirs), 1), by=None)
        db.session.remove()
    tab.context.set_offline(False)
    tab.goto("/offline")
    tab.get_by_label("The file of changes").set_input_files(saved)
    press(tab, "Submit changes")
    expect(tab.get_by_text("merged with what others have changed since")).to_be_visible()
    merged = theirs.replace("one thread", "one thread for commands")
    assert live_server.get(f"/raw/{folder}/redis") == merged
    assert live_server.get(f"/raw/{folder}/new") == "Without a network.\n"


def test_tabs_and_pages_that_were_begun_before_lose_nothing(
    visit: Callable[..., Page], live_server: LiveServer, hub_file: Callable[[str], Path]
) -> None:
    folder = f"offline-{next(numbers)}"
    live_server.make_page(f"{folder}/a", title="A", text="[[new]]\n", tags=["\U0001f525"])
    file = hub_file(folder)
    one = visit(expected=("Blocked attempt to show a 'beforeunload'",))
    one.goto(file.as_uri())
    one.evaluate("localStorage.clear()")  # files share it, and so do tests
    one.goto("about:blank")
    one.goto(f"{file.as_uri()}#/{folder}/a")
    other = one.context.new_page()
    other.goto(file.as_uri())
    one.get_by_role("link", name="Edit").click()
    one.get_by_label("Text", exact=True).fill("Typed in the first tab.\n")
    # The other one goes on with it, and takes back no more than it has typed.
    other.goto(f"{file.as_uri()}#/{folder}/a")
    expect(other.get_by_role("link", name="Your changes")).to_contain_text("1")
    other.get_by_role("link", name="Edit").click()
    text = other.get_by_label("Text", exact=True)
    expect(text).to_have_value("Typed in the first tab.\n")
    one.get_by_label("Text", exact=True).fill("Typed for an hour.\n")
    expect(text).to_have_value("Typed for an hour.\n")
    text.press("End")
    text.press("x")
    text.press("Backspace")
    one.goto("about:blank")
    other.reload()
    expect(text).to_have_value("Typed for an hour.\n")
    other.goto("about:blank")
    # A page that was begun is found again, by its link and by going back.
    one.goto(f"{file.as_uri()}#new:path={folder}/new&title=New")
    one.get_by_label("Text", exact=True).fill("Begun.\n")
    one.get_by_role("link", name="Your changes").click()
    one.go_back()
    expect(one.get_by_label("Text", exact=True)).to_have_value("Begun.\n")
    one.goto(f"{file.as_uri()}#/{folder}/new")
    expect(one.get_by_label("Text", exact=True)).to_have_value("Begun.\n")
    expect(one.get_by_role("link", name="Your changes")).to_contain_text("2")
    one.goto(f"{file.as_uri()}#tag:\U0001f525")
    expect(one.locator("#nx-main").get_by_role("link", name="A")).to_be_visible()


def test_everybody_can_use_it(
    visit: Callable[..., Page], live_server: LiveServer, hub_file: Callable[[str], Path]
) -> None:
    folder = f"offline-{next(numbers)}"
    text = f"## A part\n\n{'Averylongword' * 30}\n\n[[a]] [part](#a-part)\n"
    live_server.make_page(f"{folder}/a", title="Title " * 20, text=text, tags=["one"])
    file = hub_file(folder)
    tab = equip(visit(width=360, color_scheme="dark"))
    places = ["", f"#/{folder}", f"#/{folder}/a", "#new:", "#changes", "#search:part", "#tag:one"]
    for place in [*places, f"#/{folder}/nothing"]:
        tab.goto("about:blank")
        tab.goto(file.as_uri() + place)
        expect(tab.get_by_role("heading", level=1)).to_be_visible()
        assert faults(tab) == [], place
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360, place


def test_nothing_in_a_page_runs(
    visit: Callable[..., Page], live_server: LiveServer, hub_file: Callable[[str], Path]
) -> None:
    folder = f"offline-{next(numbers)}"
    chosen = [payload for payload in payloads() if payload.runs][::20]
    for number, payload in enumerate(chosen):
        live_server.make_page(f"{folder}/{number}", text=payload.markdown, summary=payload.text)
    file = hub_file(folder)
    tab = visit()
    heard = _tripwire(tab.context)
    for number, _ in enumerate(chosen):
        tab.goto(f"{file.as_uri()}#/{folder}/{number}")
        expect(tab.locator("[data-html]")).to_have_count(1)
        tab.evaluate("for (const one of document.querySelectorAll('main *')) one.focus()")
    assert heard == []


def test_the_policy_stops_what_the_sanitizer_would_miss(
    visit: Callable[..., Page], live_server: LiveServer, hub_file: Callable[[str], Path]
) -> None:
    folder = f"offline-{next(numbers)}"
    live_server.make_page(f"{folder}/a", title="A", text="Words.\n")
    raw = "<img src=x onerror=alert(1)><script>alert(2)</script><img data-file=9 onclick=alert(3)>"
    raw += "<a id=link href='javascript:alert(4)'>a</a><svg><image href=https://other.example/a />"
    raw += "</svg><iframe srcdoc='<script>alert(5)</script>'></iframe>"
    file = hub_file(folder)
    file.write_text(_with_html(file.read_text(), raw))
    tab = visit(expected=("Content Security Policy", "violates"))
    failed: list[tuple[str, str | None]] = []  # browsers tell of what the policy stops as well
    tab.on("requestfailed", lambda asked: failed.append((asked.url, asked.failure)))
    finished: list[str] = []
    tab.on("requestfinished", lambda asked: finished.append(asked.url))
    heard = _tripwire(tab.context)
    tab.goto(f"{file.as_uri()}#/{folder}/a")
    tab.locator("#link").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("A")
    assert heard == []
    assert {why for _, why in failed} <= {"csp"}, failed
    assert [url for url in finished if url.startswith("http")] == []


def _tripwire(context: BrowserContext) -> list[str]:
    heard: list[str] = []

    def trip(words: str) -> None:
        heard.append(words)

    context.expose_function("nexusTripped", trip)
    context.add_init_script(TRIPWIRE)
    return heard


def _with_html(file: str, html: str) -> str:
    """The file, with other HTML in its first block of pages."""
    begin = 'data-block="pages-0">'
    packed = re.search(f"{begin}([^<]*)<", file)
    assert packed is not None
    pages = json.loads(gzip.decompress(base64.b64decode(packed[1])))
    for page in pages:
        page["html"] = html
    again = base64.b64encode(gzip.compress(json.dumps(pages).encode())).decode()
    return file.replace(packed[1], again)
