"""Discussing a passage: by selecting it, or without scripts by pasting it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import action, press
from tests.factories import PASSWORD
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

TEXT = (
    "Docker runs programs.\n\n## Ports\n\nPublish `-p 8000:80`, **the host’s** first.\n\n"
    "## Volumes\n\nWhat is written is gone.\n"
)
SELECT = """([selector, from, to]) => {
  const node = document.querySelector(selector), range = document.createRange();
  range.setStartBefore(node.childNodes[from]);
  range.setEndAfter(node.childNodes[to]);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def test_a_passage_is_selected_and_discussed(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("selected", text=TEXT)
    tab = visit("selam")
    tab.goto("/wiki/selected")
    offer = tab.get_by_role("button", name="Discuss this")
    expect(offer).to_be_hidden()
    tab.evaluate(SELECT, ["#ports + p", 1, 3])
    expect(offer).to_be_visible()
    tab.keyboard.press("Escape")
    expect(offer).to_be_hidden()
    tab.evaluate(SELECT, ["#ports + p", 1, 3])
    offer.click()
    expect(tab.get_by_label("Words it is about")).to_have_value("-p 8000:80, the host’s")
    expect(tab.get_by_label("What is it about?")).to_have_value("ports")
    tab.get_by_label("Comment", exact=True).fill("Is it *really*, @dawit?")
    press(tab, "Preview")
    expect(tab.get_by_role("region", name="Preview").locator("em")).to_have_text("really")
    press(tab, "Start the discussion")
    expect(tab.locator(".quoted")).to_have_text("-p 8000:80, the host’s")

    tab.locator(".quoted a").click()
    expect(tab.locator("#ports")).to_be_in_viewport()
    tab.get_by_role("link", name="1 open discussion").click()
    expect(tab.get_by_role("main")).to_contain_text("Is it really")


def test_a_discussion_without_scripts(visit: Callable[..., Page], live_server: LiveServer) -> None:
    live_server.make_page("pasted", text=TEXT)
    live_server.make_user("dawit")
    tab = visit("selam", java_script_enabled=False, expected=("status of 422",))
    tab.goto("/wiki/pasted")
    action(tab, "Discussion").click()
    tab.get_by_role("link", name="Start a discussion").click()
    tab.get_by_label("What is it about?").select_option(label="Volumes")
    tab.get_by_label("Words it is about").fill("What is written is lost")
    tab.get_by_label("Comment", exact=True).fill("Truly, @dawit?")
    press(tab, "Start the discussion")
    expect(tab.get_by_role("alert")).to_contain_text("doesn’t say these words")
    tab.get_by_label("Words it is about").fill("What is written is gone")
    press(tab, "Start the discussion")

    his = visit("dawit", java_script_enabled=False)
    his.goto("/talk/pasted")
    his.get_by_role("link", name="Reply", exact=True).click()
    his.get_by_role("link", name="Quote").click()
    field = his.get_by_label("Comment", exact=True)
    expect(field).to_have_value("@selam:\n\n> Truly, @dawit?\n\n")
    field.fill(field.input_value() + "Until `docker rm`.")
    press(his, "Comment")
    expect(his.locator(".comment").last).to_contain_text("Until docker rm.")

    tab.reload()
    press(tab, "Resolve")
    expect(tab.get_by_role("main")).to_contain_text("Resolved by selam")


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_session_that_ended_costs_no_comment(
    visit: Callable[..., Page], live_server: LiveServer, has_scripts: bool
) -> None:
    path = f"comment-{has_scripts}".lower()
    live_server.make_page(path, text=TEXT)
    tab = visit("selam", java_script_enabled=has_scripts, expected=("status of 401",))
    tab.goto(f"/discuss/{path}?heading=ports")
    tab.get_by_label("Words it is about").fill("the host’s first")
    tab.get_by_label("Comment", exact=True).fill("What took me an hour.")
    tab.context.clear_cookies()
    press(tab, "Start the discussion")
    expect(tab.get_by_role("heading", level=1)).to_have_text("You are signed out")
    expect(tab.get_by_role("textbox", name="Text")).to_have_value("What took me an hour.")
    other = tab.context.new_page()
    other.goto("/account/login")
    other.get_by_label("Name or e-mail").fill("selam")
    other.get_by_label("Password").fill(PASSWORD)
    press(other, "Sign in")
    expect(other.locator("[data-menu] > summary").filter(has_text="selam")).to_be_visible()
    press(tab, "Save again")
    expect(tab.locator(".quoted")).to_have_text("the host’s first")
    expect(tab.locator(".comment")).to_contain_text("What took me an hour.")
