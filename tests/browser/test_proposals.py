"""A reader proposes, the page changes twice, a mentor improves and accepts."""

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import action, editor, press
from tests.live_server import LiveServer
from wiki.database import db
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import Edit, save_edit

pytestmark = pytest.mark.browser

TEXT = "Redis keeps everything in memory.\n\nIt can write it to disk.\n\nIt has one thread.\n"

numbers = itertools.count()


def save_otherwise(server: LiveServer, page_id: int, text: str, base: int) -> None:
    with server.app.app_context():
        save_edit(page_id, Edit(Content("Redis", text), base), by=None)
        db.session.remove()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_a_proposal_to_the_page(
    visit: Callable[..., Page], live_server: LiveServer, scripts: bool
) -> None:
    page = live_server.make_page(f"proposed-{next(numbers)}", title="Redis", text=TEXT)
    live_server.make_user("abel", role="reader")
    live_server.make_user("sara", role="mentor")
    abel, sara = (visit(name, java_script_enabled=scripts) for name in ("abel", "sara"))

    abel.goto(f"/wiki/{page.path}")
    action(abel, "Propose an edit").click()
    editor(abel).fill(TEXT.replace("one thread", "one thread for comands"))
    abel.get_by_label("What does it change, and why?").fill("Be exact about threads")
    press(abel, "Propose")
    expect(abel.get_by_role("heading", level=1)).to_contain_text("Be exact about threads")

    first = TEXT.replace("in memory", "in main memory")
    save_otherwise(live_server, page.page_id, first, 1)
    save_otherwise(live_server, page.page_id, f"What is Redis?\n\n{first}", 2)

    sara.goto("/proposals?show=me")
    sara.get_by_role("link", name="Be exact about threads").click()
    expect(sara.get_by_text("both changes are merged here")).to_be_visible()
    sara.emulate_media(media="print")  # on paper there is what it changes, and nothing to press
    expect(sara.locator(".diff").first).to_be_visible()
    expect(sara.locator("main :is(button, .button, textarea):visible")).to_have_count(0)
    sara.emulate_media(media="screen")
    sara.get_by_role("link", name="Improve and accept").click()
    text = editor(sara)
    text.fill(text.input_value().replace("comands", "commands"))
    press(sara, "Accept with these changes")
    expect(sara.get_by_role("status").filter(has_text="Accepted, and saved.")).to_be_visible()

    merged = f"What is Redis?\n\n{first}".replace("one thread", "one thread for commands")
    assert live_server.get(f"/raw/{page.path}") == merged
    expect(sara.locator(".byline").first).to_contain_text("improved and accepted by sara")
    abel.reload()
    expect(abel.get_by_text("Accepted by sara")).to_be_visible()
