"""Suggestions while typing: a combobox as WAI-ARIA describes it, on any network."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.steps import search_field
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

SUGGESTIONS = "**/search/suggest?*"


@pytest.fixture(scope="module")
def written(live_server: LiveServer) -> LiveServer:
    for title in ("Second nib", "Quills and ink", "Quillrings", "Quillpads", "ሬዲስ ምንድን ነው?"):
        live_server.make_page(title.lower().replace(" ", "-").strip("?"), title=title)
    live_server.index()  # the browser asks once for what was typed
    return live_server


@pytest.fixture
def tab(visit: Callable[..., Page], written: LiveServer) -> Page:
    """A page with the focus in its search field."""
    tab = visit(expected=("Failed to load resource",))
    tab.goto("/wiki/second-nib")
    tab.keyboard.press("/")
    expect(search_field(tab)).to_be_focused()
    return tab


def asked(route: Route) -> str:
    return parse_qs(urlsplit(route.request.url).query)["q"][0]


def test_the_chosen_one_is_seen_without_colours(
    visit: Callable[..., Page], written: LiveServer
) -> None:
    tab = visit(forced_colors="active")
    tab.goto("/wiki/second-nib")
    search_field(tab).press_sequentially("quill")
    expect(tab.get_by_role("option").first).to_be_visible()
    tab.keyboard.press("ArrowDown")
    chosen = tab.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_css("outline-style", "solid")
    expect(chosen).not_to_have_css("outline-color", "rgba(0, 0, 0, 0)")


def test_suggestions_by_arrows(tab: Page) -> None:
    field = search_field(tab)
    expect(field).to_have_attribute("aria-expanded", "false")
    tab.keyboard.type("quills")
    option = tab.get_by_role("option", name="Quills and ink")
    expect(option).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(tab.locator(".find [role=status]")).to_have_text("1 suggestion")
    tab.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    described = field.get_attribute("aria-activedescendant")
    assert described == option.get_attribute("id")
    tab.keyboard.press("Escape")
    expect(option).to_be_hidden()
    expect(field).to_have_value("quills")
    expect(field).to_be_focused()
    tab.keyboard.press("ArrowDown")
    expect(option).to_be_visible()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(re.compile("/wiki/quills-and-ink$"))


def test_enter_searches_while_nothing_is_chosen(tab: Page) -> None:
    tab.keyboard.type("quills")
    expect(tab.get_by_role("option").first).to_be_visible()
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(re.compile(r"/search\?q=quills"))


def test_it_is_a_combobox_with_a_list(tab: Page) -> None:
    tab.keyboard.type("quill")
    expect(tab.get_by_role("option")).to_have_count(3)
    field = tab.get_by_role("combobox", name="Search", exact=True)
    expect(field).to_have_attribute("aria-autocomplete", "list")
    listed = tab.get_by_role("listbox", name="Search", exact=True)
    assert field.get_attribute("aria-controls") == listed.get_attribute("id")
    ids = tab.get_by_role("option").evaluate_all("options => options.map(({id}) => id)")
    assert len(set(ids)) == 3


def test_keys_that_move_in_the_field_leave_the_list(tab: Page) -> None:
    tab.keyboard.type("quill")
    expect(tab.get_by_role("option")).to_have_count(3)
    for key in ("Home", "End", "ArrowLeft", "ArrowRight"):
        tab.keyboard.press("ArrowUp")
        expect(tab.get_by_role("option").last).to_have_attribute("aria-selected", "true")
        tab.keyboard.press(key)
        expect(tab.locator("[aria-selected=true]")).to_have_count(0)
        assert search_field(tab).get_attribute("aria-activedescendant") is None
    tab.keyboard.press("Home")
    tab.keyboard.type("no ")
    expect(search_field(tab)).to_have_value("no quill")


def test_the_field_stands_between_the_last_and_the_first(tab: Page) -> None:
    tab.keyboard.type("quill")
    expect(tab.get_by_role("option")).to_have_count(3)
    for _ in range(4):
        tab.keyboard.press("ArrowDown")
    expect(tab.locator("[aria-selected=true]")).to_have_count(0)
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(re.compile(r"/search\?q=quill$"))


def test_an_answer_that_comes_late_is_not_shown(tab: Page) -> None:
    held: list[Route] = []
    tab.route(
        SUGGESTIONS,
        lambda route: held.append(route) if asked(route) == "sec" else route.continue_(),
    )
    with tab.expect_request(SUGGESTIONS):
        tab.keyboard.type("sec")
    search_field(tab).fill("quillr")
    expect(tab.get_by_role("option")).to_have_text(["Quillrings"])
    held[0].fulfill(json=["sec", ["Second nib"], [""], ["/wiki/second-nib"]])
    expect(tab.get_by_role("option")).to_have_text(["Quillrings"])


def test_without_a_network_there_is_just_the_field(tab: Page) -> None:
    tab.keyboard.type("quill")
    expect(tab.get_by_role("option")).to_have_count(3)
    tab.route(SUGGESTIONS, lambda route: route.abort())
    with tab.expect_event("requestfailed"):
        tab.keyboard.type("s")
    expect(tab.get_by_role("listbox")).to_be_hidden()
    expect(search_field(tab)).to_have_attribute("aria-expanded", "false")


def test_what_was_answered_once_is_not_asked_again(tab: Page) -> None:
    questions: list[str] = []
    tab.on("request", lambda request: questions.append(request.url))
    for text in ("quill", "quillr", "quill"):
        search_field(tab).fill(text)
        expect(tab.get_by_role("option")).to_have_count(1 if text == "quillr" else 3)
    search_field(tab).fill("x" * 9_000)
    expect(tab.get_by_role("listbox")).to_be_hidden()
    search_field(tab).fill("quillp")
    expect(tab.get_by_role("option")).to_have_text(["Quillpads"])
    assert [url.partition("q=")[2] for url in questions if "suggest" in url] == [
        "quill",
        "quillr",
        "quillp",
    ]


def test_enter_that_ends_a_composition_chooses_nothing(tab: Page) -> None:
    tab.keyboard.type("quillr")
    expect(tab.get_by_role("option")).to_have_count(1)
    tab.keyboard.press("ArrowDown")
    for composing in ({"isComposing": True}, {"keyCode": 229}):
        tab.evaluate(
            """how => document.activeElement.dispatchEvent(
              new KeyboardEvent("keydown", {key: "Enter", bubbles: true, ...how}))""",
            composing,
        )
    expect(tab.get_by_role("option")).to_be_visible()
    expect(tab).to_have_url(re.compile("/wiki/second-nib$"))


def test_a_click_opens_the_page_and_going_back_finds_the_list_closed(tab: Page) -> None:
    tab.keyboard.type("ሬዲ")
    option = tab.get_by_role("option", name="ሬዲስ ምንድን ነው?")
    with tab.context.expect_page() as opened:
        option.click(modifiers=["Control"])
    assert opened.value is not tab
    option.click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("ሬዲስ ምንድን ነው?")
    tab.go_back()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Second nib")
    expect(tab.get_by_role("listbox")).to_be_hidden()


def test_leaving_the_field_closes_the_list(tab: Page) -> None:
    tab.keyboard.type("quill")
    expect(tab.get_by_role("option")).to_have_count(3)
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("listbox")).to_be_hidden()
