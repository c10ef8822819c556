"""A newcomer's first quarter of an hour, on a wiki as it is after `make run`."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import action, editor, press, search_field
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def live_server(starter_server: LiveServer) -> LiveServer:
    return starter_server


def test_a_newcomer_reads_registers_and_adds_what_was_missing(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    page = visit()
    page.goto("/")
    page.get_by_text("New here?").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Start here")
    page.get_by_role("main").get_by_role("link", name="Django", exact=True).click()
    expect(action(page, "History")).to_be_visible()
    read = page.url
    expect(action(page, "Edit")).to_have_count(0)

    page.get_by_role("link", name="Register").click()
    page.get_by_label("Name").fill("hana")
    page.get_by_label("Password", exact=True).fill("three words and more")
    page.get_by_label("Password again").fill("three words and more")
    press(page, "Register")
    expect(page.get_by_text("Welcome, hana.")).to_be_visible()
    expect(page).to_have_url(read)  # back where she was

    action(page, "Edit").click()
    text = editor(page)
    text.press("Control+End")
    text.press_sequentially("\n\nMind the zyzzyvaspring of it.")
    page.get_by_label("What did you change?").fill("A word of warning")
    press(page, "Save")
    expect(page.get_by_text("Saved as revision 2.")).to_be_visible()
    expect(page.locator("[data-text]")).to_contain_text("zyzzyvaspring")
    live_server.index()
    search_field(page).fill("zyzzyvaspring")
    page.keyboard.press("Enter")
    expect(page.locator(".results > li")).to_have_count(1)
    page.get_by_role("main").get_by_role("link").first.click()

    expect(page).to_have_url(read)
    action(page, "History").click()
    newest = page.locator(".history-entry").first
    expect(newest).to_contain_text("A word of warning")
    expect(newest).to_contain_text("hana")
    newest.get_by_role("link", name="What changed").click()
    expect(page.locator("ins").last).to_contain_text("zyzzyvaspring")


def test_a_suggestion_leads_to_a_page(visit: Callable[..., Page]) -> None:
    page = visit()
    page.goto("/")
    search_field(page).press_sequentially("n+1 quer")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("N+1")
    option.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("N+1")


def test_an_error_that_is_pasted_finds_its_challenge(visit: Callable[..., Page]) -> None:
    page = visit(width=360)
    page.goto("/")
    field = search_field(page)
    field.fill("AssertionError: The `.create()` method does not support writable nested fields")
    field.press("Enter")
    expect(page.locator(".results > li").first).to_contain_text("nested", ignore_case=True)
