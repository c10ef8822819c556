"""Sessions end and tabs close while somebody writes: no word may be lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import editor, press
from tests.factories import PASSWORD
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

SIGNED_OUT = ("status of 401",)
OFFLINE = ("ERR_INTERNET_DISCONNECTED",)

scripts = pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no-scripts"])


@scripts
def test_a_session_that_ended_costs_no_text(
    visit: Callable[..., Page], live_server: LiveServer, has_scripts: bool
) -> None:
    path = f"ended-{has_scripts}".lower()
    live_server.make_page(path, text="Before.\n")
    tab = visit("selam", java_script_enabled=has_scripts, expected=SIGNED_OUT)
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
    expect(tab.get_by_role("status")).to_contain_text("Saved as revision 2.")
    assert live_server.get(f"/raw/{path}") == "What took me an hour.\n"


@scripts
def test_an_edit_that_outlived_its_session_still_merges(
    visit: Callable[..., Page], live_server: LiveServer, has_scripts: bool
) -> None:
    """The revision it was begun from survives the detour."""
    path = f"detour-{has_scripts}".lower()
    live_server.make_page(path, text="First line.\n\nSecond line.\n\nThird line.\n")
    tab = visit("dawit", java_script_enabled=has_scripts, expected=SIGNED_OUT)
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
    later.get_by_role("link", name="Continue editing").click()
    expect(editor(later)).to_have_value("Half a thought.\n")
    press(later, "Save")
    expect(later.get_by_role("status")).to_contain_text("Saved as revision 2.")
    later.goto("/edit/closed")
    expect(later.get_by_role("link", name="Continue editing")).to_have_count(0)


def test_who_is_signed_out_while_writing_signs_in_on_the_spot(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("spot", text="Before.\n")
    tab = visit("selam", expected=(*SIGNED_OUT, "status of 422"))
    tab.goto("/edit/spot")
    tab.context.clear_cookies()
    editor(tab).fill("After, and without a gap.\n")
    again = tab.get_by_role("group", name="You have been signed out, but your text is still here.")
    expect(again).to_be_visible()
    expect(tab.locator("[data-keep-status]")).to_contain_text("in this browser until you sign in")
    again.get_by_label("Password").fill("not this one")
    tab.keyboard.press("Enter")
    expect(again.locator("[data-sign-in-error]")).to_contain_text("Wrong password")
    again.get_by_label("Password").fill(PASSWORD)
    tab.keyboard.press("Enter")
    expect(again).to_be_hidden()
    expect(editor(tab)).to_be_focused()
    expect(tab.locator("[data-keep-status]")).to_contain_text("Draft saved at")
    tab.keyboard.press("Control+Enter")
    expect(tab.get_by_role("status")).to_contain_text("Saved as revision 2.")
    assert live_server.get("/raw/spot") == "After, and without a gap.\n"


def test_a_tab_that_closes_before_the_server_heard_leaves_its_text_in_the_browser(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    tab = visit("selam", expected=OFFLINE)
    tab.goto("/new?title=On the bus")
    tab.context.set_offline(True)
    editor(tab).fill("Nobody heard of it.\n")
    expect(tab.locator("[data-keep-status]")).to_contain_text("saved in this browser")
    later = tab.context.new_page()
    tab.close()

    later.context.set_offline(False)
    later.goto("/new")
    press(later, "Load it into the editor")
    expect(later.get_by_label("Title")).to_have_value("On the bus")
    press(later, "Save")
    expect(later.get_by_role("status")).to_contain_text("Saved as revision 1.")
    assert live_server.get("/raw/on-the-bus") == "Nobody heard of it.\n"
    later.goto("/new")
    expect(later.get_by_role("button", name="Load it into the editor")).to_be_hidden()
    expect(later.get_by_role("link", name="Continue editing")).to_have_count(0)
