"""Every task of a reader and a writer in a browser that runs no scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import action, editor, open_menu, press, search_field
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser


@pytest.fixture
def open_plain(visit: Callable[..., Page]) -> Callable[..., Page]:
    """`open_plain("selam")`: a tab without scripts in which `selam` is signed in."""
    return lambda username=None, **options: visit(username, java_script_enabled=False, **options)


def told(tab: Page, words: str) -> None:
    expect(tab.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_registering_signing_out_and_signing_in(open_plain: Callable[..., Page]) -> None:
    tab = open_plain()
    tab.goto("/account/register")
    tab.get_by_label("Name").fill("liya")
    tab.get_by_label("Password", exact=True).fill("four words are enough")
    tab.get_by_label("Password again").fill("four words are many")
    press(tab, "Register")
    expect(tab.get_by_role("alert")).to_contain_text("Password again")
    expect(tab.get_by_label("Name")).to_have_value("liya")
    tab.get_by_label("Password", exact=True).fill("four words are enough")
    tab.get_by_label("Password again").fill("four words are enough")
    press(tab, "Register")
    told(tab, "Welcome, liya.")

    open_menu(tab, "liya")
    tab.get_by_role("link", name="Sign out").click()
    press(tab, "Sign out")
    told(tab, "You are signed out.")
    tab.get_by_role("link", name="Sign in", exact=True).click()
    tab.get_by_label("Name or e-mail").fill("liya")
    tab.get_by_label("Password").fill("four words are enough")
    press(tab, "Sign in")
    expect(tab.locator("[data-menu] > summary").filter(has_text="liya")).to_be_visible()


def test_searching(open_plain: Callable[..., Page], live_server: LiveServer) -> None:
    live_server.make_page("searching", title="Searching", text="Look for a plainword here.\n")
    live_server.index()
    tab = open_plain()
    tab.goto("/")
    search_field(tab).fill("plainword")
    search_field(tab).press("Enter")
    tab.get_by_role("main").get_by_role("link", name="Searching").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Searching")


def test_a_pasted_text_is_narrowed_sorted_and_searched_for_elsewhere(
    open_plain: Callable[..., Page], live_server: LiveServer
) -> None:
    for number, kind in enumerate(("guide", "guide", "concept")):
        live_server.make_page(f"paste-{number}", kind=kind, text="A wordofpaste.\n")
    live_server.index()
    tab = open_plain()
    tab.goto("/pages")
    search_field(tab).fill("wordofpaste " + "nextofpaste thirdofpaste " * 40)
    search_field(tab).press("Enter")
    expect(tab.locator(".page-head")).to_contain_text("3 pages")
    for name, shown in (("Guides 2", "2 pages"), ("Concepts 1", "1 page"), ("Concepts", "3 pages")):
        tab.get_by_role("navigation", name="Narrow the results").get_by_role(
            "button", name=name
        ).click()
        expect(tab.locator(".page-head")).to_contain_text(shown)
    press(tab, "date")
    expect(tab.get_by_role("button", name="date")).to_have_attribute("aria-current", "true")
    press(tab, "Search old revisions for removed text")
    expect(tab.get_by_label("Words that were removed")).to_have_value(re.compile("^wordofpaste"))


def test_a_new_page_from_an_outline(
    open_plain: Callable[..., Page], live_server: LiveServer
) -> None:
    tab = open_plain("selam")
    tab.goto("/")
    tab.get_by_role("link", name="New page").click()
    tab.get_by_role("link", name="Challenge", exact=True).click()
    expect(editor(tab)).to_have_value(re.compile("## What was tried"))
    tab.get_by_label("Title").fill("Port 5432 is taken")
    editor(tab).fill("## The error\n\n`bind: address already in use`\n")
    tab.get_by_label("Tags").fill("postgres, docker")
    tab.get_by_label("Status").select_option("solved")
    press(tab, "Preview")
    preview = tab.get_by_role("region", name="Preview")
    expect(preview.get_by_role("heading", name="The error")).to_be_visible()
    expect(preview.locator("code")).to_have_text("bind: address already in use")
    expect(editor(tab)).to_have_value(re.compile("address already"))
    expect(tab.get_by_label("Status")).to_have_value("solved")

    tab.get_by_label("What did you change?").fill("How it went")
    press(tab, "Save")
    told(tab, "Saved as revision 1.")
    expect(tab).to_have_url(re.compile("/wiki/challenges/port-5432-is-taken$"))
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Challenge, solved")
    expect(tab.get_by_role("link", name="postgres")).to_be_visible()


@pytest.mark.parametrize(("button", "title"), [("Preview", "Preview"), ("Changes", "Your changes")])
def test_what_a_button_shows_is_come_to(
    open_plain: Callable[..., Page], live_server: LiveServer, button: str, title: str
) -> None:
    text = "## First\n\nA.\n\n## Long\n\n" + "Words.\n\n" * 200
    live_server.make_page(f"lengthy-{button}", text=text)
    tab = open_plain("selam", width=360, height=740)
    tab.goto(f"/edit/lengthy-{button}?section=long")
    press(tab, button)
    expect(tab.get_by_role("heading", name=title, exact=True)).to_be_in_viewport()
    expect(tab).to_have_url(re.compile(rf"/edit/lengthy-{button}\?section=long#"))


def test_editing_comparing_and_restoring(
    open_plain: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("versions", text="The first words.\n")
    tab = open_plain("selam")
    tab.goto("/wiki/versions")
    action(tab, "Edit").click()
    editor(tab).fill("The second words.\n")
    press(tab, "Save")
    told(tab, "Saved as revision 2.")

    action(tab, "History").click()
    expect(tab.locator(".history-entry")).to_have_count(2)
    press(tab, "Compare")
    expect(tab.locator("del").filter(has_text="first")).to_be_visible()
    expect(tab.locator("ins").filter(has_text="second")).to_be_visible()

    action(tab, "History").click()
    tab.get_by_role("link", name="Restore").click()
    press(tab, "Restore")
    told(tab, "Revision 1 has been restored as revision 3.")
    expect(tab.locator("[data-text]")).to_have_text("The first words.")


def test_renaming(open_plain: Callable[..., Page], live_server: LiveServer) -> None:
    live_server.make_page("old-name", text="Stays.\n")
    tab = open_plain("selam")
    tab.goto("/wiki/old-name")
    open_menu(tab, "More")
    tab.get_by_role("link", name="Rename").click()
    tab.get_by_label("Title").fill("New name")
    tab.get_by_label("Path").fill("folder/new-name")
    press(tab, "Rename")
    expect(tab).to_have_url(re.compile("/wiki/folder/new-name$"))
    tab.goto("/wiki/old-name")
    expect(tab.get_by_role("heading", level=1)).to_contain_text("New name")


def test_deleting_and_bringing_back(
    open_plain: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("short-lived", text="Not for long.\n")
    tab = open_plain("selam")
    tab.goto("/wiki/short-lived")
    open_menu(tab, "More")
    tab.get_by_role("link", name="Delete").click()
    tab.get_by_label("Why?").fill("A test")
    press(tab, "Delete this page")
    told(tab, "Deleted.")
    expect(tab.get_by_text("This page was deleted.")).to_be_visible()
    tab.get_by_role("link", name="Bring it back").click()
    press(tab, "Bring it back")
    told(tab, "Brought back")
    expect(tab.locator("[data-text]")).to_have_text("Not for long.")


def test_choosing_a_theme(open_plain: Callable[..., Page], live_server: LiveServer) -> None:
    live_server.make_page("themed", text="Words.\n")
    tab = open_plain()
    tab.goto("/wiki/themed")
    paper = tab.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    tab.get_by_role("link", name="Theme").click()
    tab.get_by_label("Dark").check()
    press(tab, "Save")
    expect(tab).to_have_url(re.compile("/wiki/themed$"))
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
    expect(tab.locator("body")).not_to_have_css("background-color", paper)


def test_a_draft_is_listed_and_thrown_away(
    open_plain: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("drafted", title="Drafted", text="As it is.\n")
    tab = open_plain("drafter")
    tab.goto("/edit/drafted")
    editor(tab).fill("As it might be.\n")
    press(tab, "Preview")
    tab.goto("/")
    open_menu(tab, "drafter")
    tab.get_by_role("link", name="Your drafts").click()
    tab.get_by_role("link", name="Drafted", exact=True).click()
    expect(tab.locator("ins")).to_contain_text("might be")
    tab.get_by_role("link", name="Discard").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Discard this draft?")
    press(tab, "Discard")
    expect(tab.get_by_role("heading", name="No drafts")).to_be_visible()


def test_the_settings(open_plain: Callable[..., Page]) -> None:
    tab = open_plain("settled")
    tab.goto("/")
    open_menu(tab, "settled")
    tab.get_by_role("link", name="Settings").click()
    tab.get_by_label("E-mail").fill("settled@example.org")
    tab.get_by_label("Current password").fill("correct horse battery staple")
    press(tab, "Save")
    expect(tab.get_by_role("status")).to_be_visible()
    tab.goto("/account/settings")
    expect(tab.get_by_label("E-mail")).to_have_value("settled@example.org")


def test_reading_around(open_plain: Callable[..., Page], live_server: LiveServer) -> None:
    """Kinds, tags, all pages, changes and backlinks: each is reachable from the front page."""
    live_server.make_page("aims", title="Aims", kind="practice", tags=["goal"], text="Aim.\n")
    live_server.make_page("leads", title="Leads", text="See [[aims]].\n")
    tab = open_plain()
    for steps in (["Practices"], ["Tags", "goal"], ["All pages"], ["Recent changes"]):
        tab.goto("/")
        for name in steps:
            tab.get_by_role("link", name=re.compile(f"^{name}")).last.click()
        tab.get_by_role("main").get_by_role("link", name="Aims", exact=True).first.click()
        expect(tab).to_have_url(re.compile("/wiki/aims$"))
    action(tab, "Links").click()
    expect(tab.get_by_role("main").get_by_role("link", name="Leads")).to_be_visible()
