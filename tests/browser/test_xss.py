"""Hostile texts in every place that shows what people wrote, in a browser that would run them."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import sign_in
from tests.browser.hostile import Payload, Trap, grouped, payloads
from tests.browser.steps import editor, press, search_field
from tests.browser.world import person
from tests.live import LiveServer
from wiki.markup import render
from wiki.markup.names import NameRefused, clean_title
from wiki.pages.content import TAG_LIMIT

pytestmark = pytest.mark.browser

STRIDE = 15  # of 402 payloads that run, 27
TOGETHER = 20  # payloads on one page


@pytest.fixture
def trap(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Trap]]:
    """`trap("selam", has_policy=True)`: a tab that catches what runs."""
    traps: list[Trap] = []

    def trap(username: str | None = None, *, has_policy: bool = False) -> Trap:
        made = Trap(browser, live_server, has_policy=has_policy)
        traps.append(made)
        if username is not None:
            sign_in(made.context, live_server, username)
        return made

    yield trap
    for made in traps:
        made.close()


@pytest.fixture(scope="module")
def sample() -> list[Payload]:
    return [payload for payload in payloads() if payload.runs][::STRIDE]


@pytest.fixture(scope="module")
def hostile_wiki(live_server: LiveServer, sample: list[Payload]) -> LiveServer:
    """A page a payload, which stands in its title, tag, summary, label and history."""
    mallory = live_server.make_user("mallory")
    for payload in sample:
        text = payload.text
        words = f"common {payload.markdown}\n\n[[other|{text}]] [[{text}]]\n"
        fields = {"text": words, "summary": text[:300], "by": mallory, "kind": "challenge"}
        live_server.make_page(
            f"hostile/{payload.id}", title=_name(text, 190), tags=[_name(text, TAG_LIMIT)], **fields
        )
    return live_server


def _name(text: str, limit: int) -> str:
    """As much of it as a name may hold."""
    shown = "".join(char for char in text if char.isprintable()).strip()[:limit]
    with suppress(NameRefused):
        return clean_title(shown)
    return "<b>refused</b>"


RAW = "<p data-text></p><img src=x onerror='alert(1)'><a href='javascript:alert(1)'>a</a>"


def test_the_trap_catches_what_runs(trap: Callable[..., Trap], live_server: LiveServer) -> None:
    caught = trap()
    caught.tab.route("**/raw-trap", lambda route: route.fulfill(body=RAW, content_type="text/html"))
    caught.open("/raw-trap")
    caught.tab.wait_for_load_state("networkidle")
    assert any("alert(1)" in words and "img" not in words for words in caught.caught)
    assert any("<img" in words for words in caught.caught)
    assert any("<a href" in words for words in caught.caught)


def test_the_trap_catches_what_the_policy_stops(
    trap: Callable[..., Trap], live_server: LiveServer
) -> None:
    caught = trap(has_policy=True)
    headers = {"Content-Security-Policy": "script-src 'self'", "Content-Type": "text/html"}
    caught.tab.route("**/raw-trap", lambda route: route.fulfill(body=RAW, headers=headers))
    caught.open("/raw-trap")
    assert any("script-src" in words for words in caught.caught)


@pytest.fixture(scope="module")
def bodies(live_server: LiveServer) -> dict[str, list[str]]:
    """Pages of everything that runs in Chromium when nothing cleans it: address, ids of headings.

    What swallows the heading behind it has a page of its own, so that it hides nothing else.
    """
    running = [payload for payload in payloads() if payload.runs]
    swallowing = [payload for payload in running if not _is_whole(payload)]
    others = [payload for payload in running if payload not in swallowing]
    pages = {f"alone-{payload.id}": [payload] for payload in swallowing}
    pages |= {f"group-{n}": group for n, group in enumerate(grouped(others, TOGETHER))}
    for path, group in pages.items():
        live_server.make_page(path, text="".join(_with_heading(payload) for payload in group))
    return {
        f"/wiki/{path}": [f"behind-{payload.id}" for payload in group if payload in others]
        for path, group in pages.items()
    }


def _with_heading(payload: Payload) -> str:
    return f"{payload.markdown}\n\n## Behind {payload.id}\n\n"


def _is_whole(payload: Payload) -> bool:
    return f'id="behind-{payload.id}"' in render(_with_heading(payload)).html


@pytest.mark.parametrize("has_policy", [False, True], ids=["no-policy", "policy"])
def test_bodies_of_pages(
    trap: Callable[..., Trap], bodies: dict[str, list[str]], has_policy: bool
) -> None:
    caught = trap(has_policy=has_policy)
    for url, headings in bodies.items():
        caught.open(url)
        found = "ids => ids.every(id => document.getElementById(id))"
        assert caught.tab.evaluate(found, headings), url
    caught.tab.wait_for_load_state("networkidle")
    assert caught.caught == []


def test_titles_tags_labels_on_the_page_itself(
    trap: Callable[..., Trap], hostile_wiki: LiveServer, sample: list[Payload]
) -> None:
    caught = trap("selam")
    for payload in sample:
        caught.open(f"/wiki/hostile/{payload.id}")
    assert caught.caught == []


def test_lists_and_tools(
    trap: Callable[..., Trap], hostile_wiki: LiveServer, sample: list[Payload]
) -> None:
    caught = trap("selam")
    lists = ["/", "/pages", "/pages?page=2", "/tags/", "/changes", "/changes?page=2"]
    lists += ["/kinds/challenge", "/users/mallory", "/search?q=common", "/links/other"]
    for url in lists:
        caught.open(url)
    for payload in sample[::6]:
        for tool in ("history", "blame", "rename", "delete", "links", "edit"):
            caught.open(f"/{tool}/hostile/{payload.id}")
    assert caught.caught == []


@pytest.mark.parametrize("has_policy", [False, True], ids=["no-policy", "policy"])
def test_what_is_searched_for(
    trap: Callable[..., Trap], live_server: LiveServer, sample: list[Payload], has_policy: bool
) -> None:
    caught = trap(has_policy=has_policy)
    for payload in sample[has_policy::2]:
        caught.open(f"/search?q={quote(payload.text[:900])}")
    assert caught.caught == []


def test_addresses(
    trap: Callable[..., Trap], live_server: LiveServer, sample: list[Payload]
) -> None:
    caught = trap("selam")
    for payload in sample[::3]:
        text = quote(payload.text[:300].replace("\0", ""), safe="")
        for url in (f"/wiki/{text}", f"/tags/{text}", f"/new?title={text}&path={text}"):
            caught.open(url)
        caught.open(f"/account/login?next={text}")
    assert caught.caught == []


def test_suggestions(trap: Callable[..., Trap], hostile_wiki: LiveServer) -> None:
    caught = trap()
    caught.tab.goto("/pages")
    for words in ("<img", "<svg", "<script", "alert", "javascript", "onerror"):
        search_field(caught.tab).fill(words)
        with caught.tab.expect_response("**/search/suggest?*"):
            search_field(caught.tab).press("Shift")
            search_field(caught.tab).dispatch_event("input")
        caught.look()
    assert caught.caught == []


def test_the_preview_as_one_writes(
    trap: Callable[..., Trap], live_server: LiveServer, sample: list[Payload]
) -> None:
    """A fragment that a script puts into the page."""
    caught = trap("selam")
    caught.tab.goto("/new")
    for number, group in enumerate(grouped(sample, TOGETHER)):
        parts = [f"{payload.markdown}\n\n" for payload in group]
        editor(caught.tab).fill("".join(parts) + f"\n\n## Preview {number}\n")
        with caught.tab.expect_response("**/preview"):
            editor(caught.tab).dispatch_event("input")
        caught.tab.wait_for_function("!document.querySelector('[data-preview].waiting')")
        caught.look()
    assert caught.caught == []


def test_conflicts_and_differences(
    trap: Callable[..., Trap], hostile_wiki: LiveServer, sample: list[Payload]
) -> None:
    caught = trap("selam")
    for payload in sample[::10]:
        path = f"clash-{payload.id}"
        hostile_wiki.make_page(path, title=_name(payload.text, 190), text="One line.\n")
        caught.tab.goto(f"/edit/{path}")
        editor(caught.tab).fill(f"{payload.text} of hers\n")
        theirs = person(hostile_wiki, "mallory").post_form(
            f"/edit/{path}", text=f"{payload.text} of his\n", summary=payload.text[:200]
        )
        assert theirs.status_code == 303
        press(caught.tab, "Save")
        caught.tab.get_by_role("alert").first.wait_for()
        caught.look()
        caught.open(f"/diff/{path}?from=1&to=2")
        caught.open(f"/restore/{path}?revision=1")
    assert caught.caught == []
