"""Sessions that end and tabs that close while somebody writes: no word may be lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import editor, press
from tests.factories import PASSWORD
from tests.live import LiveServer

pytestmark = pytest.mark.browser

scripts = pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no-scripts"])


@scripts
def test_a_session_that_ended_costs_no_text(
    visit: Callable[..., Page], live_server: LiveServer, has_scripts: bool
) -> None:
    path = f"ended-{has_scripts}".lower()
    live_server.make_page(path, text="Before.\n")
    tab = visit("selam", java_script_enabled=has_scripts)
    tab.goto(f"/edit/{path}")
    editor(tab).fill("What took me an hour.\n")
    tab.get_by_label("What did you change?").fill("An hour of work")
    tab.context.clear_cookies()
    press(tab, "Save")
    expect(tab.get_by_role("heading", level=1)).to_have_text("You are signed out")
    expect(editor(tab)).to_have_value("What took me an hour.\n")
    expect(tab.get_by_label("What did you change?")).to_have_value("An hour of work")
    assert "Before." in live_server.get(f"/raw/{path}")

    other = tab.context.new_page()
    other.goto("/account/login")
    other.get_by_label("Name or e-mail").fill("selam")
    other.get_by_label("Password").fill(PASSWORD)
    press(other, "Sign in")
    expect(other.locator("[data-menu] > summary").filter(has_text="selam")).to_be_visible()

    press(tab, "Save again")
    if tab.get_by_role("button", name="Save again").count():
        # The token of the ended session is refused once; the page then carries a new one.
        press(tab, "Save again")
    expect(tab.get_by_role("status")).to_contain_text("Saved as revision 2.")
    assert live_server.get(f"/raw/{path}") == "What took me an hour.\n"


@scripts
def test_an_edit_that_outlived_its_session_still_merges(
    visit: Callable[..., Page], live_server: LiveServer, has_scripts: bool
) -> None:
    """The revision it was begun from survives the detour."""
    path = f"detour-{has_scripts}".lower()
    live_server.make_page(path, text="First line.\n\nSecond line.\n\nThird line.\n")
    tab = visit("dawit", java_script_enabled=has_scripts)
    tab.goto(f"/edit/{path}")
    editor(tab).fill("First line of his.\n\nSecond line.\n\nThird line.\n")
    cookies = tab.context.cookies()
    tab.context.clear_cookies()
    press(tab, "Save")
    expect(tab.get_by_role("heading", level=1)).to_have_text("You are signed out")

    hers = visit("selam", java_script_enabled=has_scripts)
    hers.goto(f"/edit/{path}")
    editor(hers).fill("First line.\n\nSecond line.\n\nThird line of hers.\n")
    press(hers, "Save")
    expect(hers.get_by_role("status")).to_be_visible()

    tab.context.add_cookies(cookies)
    press(tab, "Save again")
    if tab.get_by_role("button", name="Save again").count():
        press(tab, "Save again")
    expect(tab.get_by_role("status")).to_contain_text("selam")
    assert live_server.get(f"/raw/{path}") == (
        "First line of his.\n\nSecond line.\n\nThird line of hers.\n"
    )


def test_a_tab_closed_after_a_preview_leaves_a_draft(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("closed", text="Before.\n")
    tab = visit("selam", java_script_enabled=False)
    tab.goto("/edit/closed")
    editor(tab).fill("Half a thought.\n")
    press(tab, "Preview")
    expect(tab.get_by_role("region", name="Preview")).to_contain_text("Half a thought.")
    later = tab.context.new_page()
    tab.close()
    later.goto("/edit/closed")
    expect(editor(later)).to_have_value("Before.\n")
    later.get_by_role("link", name="Go on with it").click()
    expect(editor(later)).to_have_value("Half a thought.\n")
    press(later, "Save")
    expect(later.get_by_role("status")).to_contain_text("Saved as revision 2.")
    later.goto("/edit/closed")
    expect(later.get_by_role("link", name="Go on with it")).to_have_count(0)
