"""Two people at two browsers write the same page, with scripts and without."""

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import editor, press
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

TEXT = "Redis keeps everything in memory.\n\nIt can write it to disk.\n\nIt has one thread.\n"
PLACES = "One.\n\nFirst place.\n\nTwo.\n\nSecond place.\n\nThree.\n"

numbers = itertools.count()


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def two(
    visit: Callable[..., Page], live_server: LiveServer, request: pytest.FixtureRequest
) -> Callable[[str], tuple[Page, Page, str]]:
    """`two(text)`: selam and dawit, each in the editor of the same new page, and its path."""

    def two(text: str) -> tuple[Page, Page, str]:
        path = live_server.make_page(f"shared-{next(numbers)}", text=text).path
        hers, his = (visit(name, java_script_enabled=request.param) for name in ("selam", "dawit"))
        for tab in (hers, his):
            tab.goto(f"/edit/{path}")
        return hers, his, path

    return two


def replace(tab: Page, before: str, after: str) -> None:
    """As people do who overwrite the old words with new ones."""
    text = editor(tab)
    content = text.input_value()
    assert before in content
    text.fill(content.replace(before, after))


def save(tab: Page) -> None:
    press(tab, "Save")


def raw(server: LiveServer, path: str) -> str:
    return server.get(f"/raw/{path}")


def test_changes_of_different_places_are_merged(
    two: Callable[..., tuple[Page, Page, str]], live_server: LiveServer
) -> None:
    hers, his, path = two(TEXT)
    replace(hers, "in memory", "in main memory")
    replace(his, "one thread", "one thread for commands")
    save(hers)
    expect(hers.get_by_role("status")).to_contain_text("Saved as revision 2.")
    save(his)
    told = his.get_by_role("status")
    expect(told).to_contain_text("Saved as revision 3")
    expect(told).to_contain_text("selam")
    now = raw(live_server, path)
    assert "in main memory" in now
    assert "one thread for commands" in now


def test_two_words_of_one_sentence_are_merged(
    two: Callable[..., tuple[Page, Page, str]], live_server: LiveServer
) -> None:
    hers, his, path = two("Redis keeps evrything in memmory.\n")
    replace(hers, "evrything", "everything")
    replace(his, "memmory", "memory")
    save(hers)
    expect(hers.get_by_role("status")).to_be_visible()
    save(his)
    expect(his.get_by_role("status")).to_contain_text("selam")
    assert raw(live_server, path) == "Redis keeps everything in memory.\n"


def test_an_overlap_is_resolved_place_by_place(
    two: Callable[..., tuple[Page, Page, str]], live_server: LiveServer
) -> None:
    hers, his, path = two(PLACES)
    replace(hers, "First place.", "First place is hers.")
    replace(hers, "Second place.", "Second place is hers.")
    replace(his, "First place.", "The first one belongs to him.")
    replace(his, "Second place.", "The second one belongs to him.")
    replace(his, "Three.", "Three, and what he adds.")
    save(hers)
    expect(hers.get_by_role("status")).to_be_visible()
    save(his)
    expect(his.get_by_role("alert").first).to_contain_text("selam")
    assert live_server.get(f"/raw/{path}").count("hers") == 2  # a conflict stores nothing

    first, second = his.get_by_role("group", name="Place").all()
    expect(first).to_contain_text("The first one belongs to him.")
    expect(first).to_contain_text("First place is hers.")
    first.get_by_label("Theirs", exact=True).check()
    second.get_by_role("radio", name="Your own wording").check()
    second.get_by_role("textbox").fill("The second one belongs to both.\n")
    press(his, "Save with these choices")
    expect(his.get_by_role("status")).to_contain_text("Saved as revision 3")
    assert raw(live_server, path) == (
        "One.\n\nFirst place is hers.\n\nTwo.\n\nThe second one belongs to both.\n\n"
        "Three, and what he adds.\n"
    )


def test_a_place_without_a_choice_is_asked_for_again(
    two: Callable[..., tuple[Page, Page, str]], live_server: LiveServer
) -> None:
    hers, his, path = two(PLACES)
    for tab, name in ((hers, "hers"), (his, "his")):
        replace(tab, "First place.", f"First is {name}.")
        replace(tab, "Second place.", f"Second is {name}.")
        save(tab)
        expect(tab.get_by_role("status").or_(tab.get_by_role("alert")).first).to_be_visible()
    his.get_by_role("group", name="Place 1").get_by_label("Yours", exact=True).check()
    press(his, "Save with these choices")
    expect(his.get_by_text("Choose a version for each place.")).to_be_visible()
    chosen = his.get_by_role("group", name="Place 1").get_by_label("Yours", exact=True)
    expect(chosen).to_be_checked()
    his.get_by_role("group", name="Place 2").get_by_label("Both, theirs first").check()
    press(his, "Save with these choices")
    expect(his.get_by_role("status")).to_contain_text("Saved as revision 3")
    now = raw(live_server, path)
    assert "First is his." in now
    assert now.index("Second is hers.") < now.index("Second is his.")


def test_the_whole_text_can_be_edited_instead(
    two: Callable[..., tuple[Page, Page, str]], live_server: LiveServer
) -> None:
    hers, his, path = two(PLACES)
    replace(hers, "First place.", "First is hers.")
    replace(his, "First place.", "First is his.")
    save(hers)
    expect(hers.get_by_role("status")).to_be_visible()
    save(his)
    his.get_by_text("Or edit the whole text yourself").click()
    replace(his, "First is his.", "First is of both.")
    save(his)
    expect(his.get_by_role("status")).to_contain_text("Saved as revision 3")
    assert "First is of both." in raw(live_server, path)
