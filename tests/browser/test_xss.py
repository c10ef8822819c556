"""Hostile texts in every place that shows what people wrote, in a browser that would run them."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from tests.browser.conftest import sign_in
from tests.browser.hostile import ALL, Payload, Trap, grouped, payloads
from tests.browser.steps import editor, press, search_field
from tests.browser.world import person
from tests.live_server import LiveServer
from wiki.git.import_command import import_command
from wiki.markup import render
from wiki.naming import NameRefused, clean_title
from wiki.pages.writing.content import MAX_TAG_LENGTH
from wiki.pages.writing.frontmatter import compose_front_matter

pytestmark = pytest.mark.browser

STRIDE = 1 if ALL else 16  # of 402 payloads that run, 26
TOGETHER = 20  # payloads on one page


@pytest.fixture(scope="module")
def live_server(module_server: Callable[..., LiveServer]) -> LiveServer:
    """Of its own: nobody else's pages link to such pages."""
    return module_server()


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
def few(sample: list[Payload]) -> list[Payload]:
    """For slow parts: some payloads, or all of them in a full attack."""
    return sample if ALL else sample[::5]


@pytest.fixture(scope="module")
def hostile_wiki(live_server: LiveServer, sample: list[Payload]) -> LiveServer:
    """One page per payload, with it in title, tag, summary, label and history."""
    mallory = live_server.make_user("mallory")
    for payload in sample:
        text = payload.text
        links = f"[a](<{text}>) ![b](<{text}> '{text}') [[other|{text}]] [[{text}]] ![[{text}]]"
        words = f"common {payload.markdown}\n\n{links}\n"
        fields = {"text": words, "summary": text[:300], "by": mallory, "kind": "challenge"}
        live_server.make_page(
            f"hostile/{payload.id}",
            title=_name(text, 190),
            tags=[_name(text, MAX_TAG_LENGTH)],
            **fields,
        )
    live_server.index()  # what isn't found yet can do no harm in results and suggestions
    return live_server


def _name(text: str, limit: int) -> str:
    """As much of it as fits into a name."""
    shown = "".join(char for char in text if char.isprintable()).strip()[:limit]
    with suppress(NameRefused):
        return clean_title(shown)
    return "<b>refused</b>"


RAW = "<p data-text></p><img src=x onerror='alert(1)'><a href='javascript:alert(1)'>a</a>"
RAW += "<link rel=stylesheet href=https://other.example/a.css>"


def test_the_trap_catches_what_runs(trap: Callable[..., Trap], live_server: LiveServer) -> None:
    caught = trap()
    caught.tab.route("**/raw-trap", lambda route: route.fulfill(body=RAW, content_type="text/html"))
    caught.open("/raw-trap")
    caught.tab.wait_for_load_state("networkidle")
    assert any("alert(1)" in words and "img" not in words for words in caught.caught)
    assert any("<img" in words for words in caught.caught)
    assert any("<a href" in words for words in caught.caught)
    elsewhere = "asked https://other.example/a.css for a stylesheet"
    assert any(elsewhere in words for words in caught.caught)


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
    """Pages with everything that runs in Chromium when not sanitized: address, ids of headings.

    A payload that swallows the heading after it gets its own page, so that it hides nothing else.
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
    # What the policy alone stops has run without it: with it, one page of three is enough.
    for url, headings in list(bodies.items())[:: 3 if has_policy and not ALL else 1]:
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


def test_discussions(
    trap: Callable[..., Trap], live_server: LiveServer, sample: list[Payload]
) -> None:
    """Comments, what they quote and the headings they are about, in lists, forms and history."""
    caught = trap("selam")
    for number, group in enumerate(grouped(sample, TOGETHER)):
        page = live_server.make_page(f"talked-about-{number}", text=f"## {group[0].markdown}\n")
        mallory = person(live_server, "mallory")
        for payload in group:
            words = mallory.post_form(
                f"/discuss/talked-about-{number}", text=f"@{payload.text} {payload.markdown}"
            )
            assert words.status_code == 303, page
        last = words.headers["Location"].partition("#")[0]
        mallory.post_form(last, text=payload.markdown)
        caught.open(f"/talk/talked-about-{number}?show=all")
        caught.open(last)
        caught.open(f"{last}?quote={last.rpartition('/')[2]}")
        caught.open(f"/discuss/talked-about-{number}?quote={quote(payload.text[:500])}")
    caught.open("/talk/")
    assert caught.caught == []


def test_lists_and_tools(
    trap: Callable[..., Trap], hostile_wiki: LiveServer, sample: list[Payload]
) -> None:
    caught = trap("selam")
    lists = ["/", "/pages", "/pages?page=2", "/tags/", "/changes", "/changes?page=2"]
    lists += ["/kinds/challenge", "/users/mallory", "/search?q=common", "/links/other"]
    for url in lists:
        caught.open(url)
    tools = ("history", "blame", "rename", "delete", "links", "edit")
    for number, payload in enumerate(sample):
        # In a sample another one for each, and each of them for four.
        for tool in tools if ALL else [tools[number % len(tools)]]:
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


def test_addresses(trap: Callable[..., Trap], live_server: LiveServer, few: list[Payload]) -> None:
    caught = trap("selam")
    for payload in few:
        text = quote(payload.text[:300].replace("\0", ""), safe="")
        for url in (f"/wiki/{text}", f"/tags/{text}", f"/new?title={text}&path={text}"):
            caught.open(url)
        for url in (f"/users/{text}", f"/changes?author={text}", f"/account/login?next={text}"):
            caught.open(url)
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


def test_names_of_files(
    trap: Callable[..., Trap], live_server: LiveServer, few: list[Payload]
) -> None:
    """Uploaded in the editor, which reports accepted and refused files, and in lists."""
    live_server.make_page("with-files", text="A text.\n")
    caught = trap("selam")
    for group in grouped(few, TOGETHER):
        caught.open("/edit/with-files")
        for content in (b"A text.", b""):
            files = [_text_file(payload.text, content) for payload in group]
            caught.tab.locator("[data-upload-choose]").set_input_files(files)
        refused = caught.tab.locator("[data-uploads] li[role=alert]")
        expect(refused).to_have_count(len(group))
        expect(editor(caught.tab)).not_to_have_value(re.compile(r"!\[[^\]]*\]\(\)"))
        caught.look()
        press(caught.tab, "Save")
        caught.tab.wait_for_url("**/wiki/with-files")
        caught.look()
    for number in range(1, len(few) // 40 + 2):
        caught.open(f"/files/?page={number}" if number > 1 else "/files/")
    for number in range(1, len(few) + 1, TOGETHER // 4):
        caught.open(f"/files/{number}")
        caught.open(f"/files/rename/{number}")
    assert caught.caught == []


def _text_file(name: str, content: bytes) -> FilePayload:
    return {"name": f"{name[:120]}.txt", "mimeType": "text/plain", "buffer": content}


def test_front_matter(
    trap: Callable[..., Trap], live_server: LiveServer, few: list[Payload], tmp_path: Path
) -> None:
    """Imported with the command, in each field that a page has and in others."""
    for payload in few:
        text = payload.text.replace("\0", "")[:2_000]  # six of them fit a page's fields
        fields = {
            "title": _name(text, 190),
            "tags": [_name(text, MAX_TAG_LENGTH)],
            text[:100]: text,
        }
        fields |= dict.fromkeys(("kind", "status", "description", "author", "aliases"), text)
        (tmp_path / f"{payload.id}.md").write_text(compose_front_matter(fields, "Imported.\n"))
    done = live_server.app.test_cli_runner().invoke(import_command, [str(tmp_path)])
    assert done.exit_code == 0, done.output
    caught = trap("selam")
    for payload in few:
        caught.open(f"/wiki/{payload.id}")
    for payload in few[::6]:
        caught.open(f"/edit/{payload.id}")
        caught.open(f"/history/{payload.id}")
    assert caught.caught == []


def test_names_of_people(
    trap: Callable[..., Trap], live_server: LiveServer, few: list[Payload]
) -> None:
    """Input that a form refuses is shown in it again."""
    caught = trap()
    for payload in few:
        caught.tab.goto("/account/register")
        caught.tab.locator("[name=username]").fill(payload.text)
        form = caught.tab.locator("form[method=post]")
        form.evaluate("form => { form.noValidate = true; form.submit(); }")
        caught.tab.wait_for_selector("[data-error-summary]")
        caught.look()
    assert caught.caught == []
