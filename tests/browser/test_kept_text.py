"""What is typed is kept by the server, or by the browser, whatever becomes of its tab."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.steps import editor, press
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

OFFLINE = ("ERR_INTERNET_DISCONNECTED",)
LOAD = "Load it into the editor"
HIDE = """
Object.defineProperty(document, "visibilityState", {value: "hidden", configurable: true});
document.dispatchEvent(new Event("visibilitychange"));
"""
# As a browser fills a form again that it had before a reload: the page's scripts come later.
GIVE_BACK = """
document.addEventListener("readystatechange", () => {
  const field = document.getElementById("nx-text");
  if (document.readyState === "interactive" && field) field.value = "Given back.";
});
"""


def status(tab: Page, words: str) -> None:
    expect(tab.locator("[data-keep-status]")).to_contain_text(words)


def test_fields_without_a_text_are_kept_and_offered(visit: Callable[..., Page]) -> None:
    tab = visit("selam", expected=OFFLINE)
    tab.goto("/new?kind=challenge")
    tab.context.set_offline(True)
    tab.locator("[name=field-error]").fill("OOM command not allowed")
    status(tab, "saved in this browser")
    later = tab.context.new_page()
    tab.close()
    later.context.set_offline(False)
    for _ in range(2):  # looking takes nothing away
        later.goto("/new?kind=challenge")
        expect(later.get_by_role("button", name=LOAD)).to_be_visible()
    press(later, LOAD)
    expect(later.locator("[name=field-error]")).to_have_value("OOM command not allowed")


def test_what_the_browser_itself_gives_back_counts_as_typed(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("given", text="Before.\n")
    tab = visit("selam")
    tab.context.add_init_script(GIVE_BACK)
    tab.goto("/edit/given")
    expect(editor(tab)).to_have_value("Given back.")
    status(tab, "Draft saved at")


def test_a_long_text_is_sent_from_a_hidden_tab(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("long", text="Before.\n")
    tab = visit("selam")
    tab.goto("/edit/long")
    editor(tab).fill("ሬዲስ " * 2_500)
    tab.evaluate(HIDE)
    status(tab, "Draft saved at")


def test_who_stops_a_save_goes_on_with_drafts_and_comes_back_to_a_new_editor(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("stopped", text="Before.\n")
    tab = visit("selam")
    tab.goto("/edit/stopped")
    tab.route("**/edit/stopped", lambda route: route.fulfill(status=204))
    editor(tab).fill("First.\n")
    press(tab, "Save")
    editor(tab).press_sequentially("Later. ")
    status(tab, "Draft saved at")
    tab.unroute("**/edit/stopped")

    # The browsers of tests keep no page to go back to: this is what such a page hears.
    key = tab.locator("[name=draft_key]").input_value()
    back = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
    tab.evaluate(back)
    expect(editor(tab)).to_have_value("First.\nLater. ")
    press(tab, "Save")
    expect(tab.get_by_role("status")).to_contain_text("Saved as revision 2.")
    assert tab.evaluate("Object.keys(sessionStorage)") == [f"nexus-saved:{key}"]
    tab.goto("/edit/stopped")
    key = tab.locator("[name=draft_key]").input_value()
    tab.evaluate(f"sessionStorage.setItem('nexus-saved:{key}', '')")
    tab.evaluate(back)
    expect(tab.locator("[name=draft_key]")).not_to_have_value(key)


def test_what_is_typed_while_another_kind_is_on_its_way_stays(visit: Callable[..., Page]) -> None:
    tab = visit("selam")
    tab.goto("/new?kind=guide")
    asked: list[Route] = []
    tab.route(
        "**/new*",
        lambda route: asked.append(route) if route.request.method == "POST" else route.continue_(),
    )
    with tab.expect_request("**/new*"):
        tab.get_by_label("Kind", exact=True).select_option("challenge")
    versions = tab.locator("[name=field-versions]")
    versions.press_sequentially("redis 7.2")
    asked[0].continue_()
    expect(tab.locator("[name=field-error]")).to_be_visible()
    expect(versions).to_have_value("redis 7.2")
    expect(versions).to_be_focused()


def test_choices_of_a_conflict_are_kept_in_the_browser(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("choices", text="One thread.\n")
    tab, his = visit("selam"), visit("dawit")
    for each in (tab, his):
        each.goto("/edit/choices")
    for each, words in ((his, "Two threads.\n"), (tab, "Three threads.\n")):
        editor(each).fill(words)
        press(each, "Save")
        expect(each.get_by_role("heading", level=1)).to_be_visible()
    tab.get_by_label("Your own wording", exact=True).check()
    tab.get_by_label("Your own wording for place 1").fill("Some threads.\n")
    status(tab, "saved in this browser")
    later = tab.context.new_page()
    tab.close()

    later.goto("/edit/choices")
    later.get_by_role("link", name="Continue editing").click()
    press(later, "Save")
    press(later, LOAD)
    expect(later.get_by_label("Your own wording for place 1")).to_have_value("Some threads.\n")
    press(later, "Save with these choices")
    expect(later.get_by_role("status")).to_contain_text("Saved as revision 3.")
    assert live_server.get("/raw/choices") == "Some threads.\n"
    assert later.evaluate("Object.keys(localStorage)") == []
