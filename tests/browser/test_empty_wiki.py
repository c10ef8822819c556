"""The first minutes of an empty wiki: each page says what to do next."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import equip, faults
from tests.browser.steps import press
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

INVITING = ["/", "/pages", "/kinds/guide", "/changes", "/search?q=redis", "/drafts"]


@pytest.fixture(scope="module")
def live_server(module_server: Callable[..., LiveServer]) -> LiveServer:
    """Of its own: in the one that others share there are pages."""
    return module_server()


def test_nothing_stands_in_the_way(visit: Callable[..., Page]) -> None:
    urls, found = [*INVITING, "/tags/", "/kinds/"], []
    for width, scheme, of_them in ((360, "dark", urls[::2]), (1280, "light", urls[1::2])):
        tab = equip(visit("selam", width=width, color_scheme=scheme))
        for url in of_them:
            tab.goto(url)
            found += faults(tab)
    assert found == []


def test_a_step_leads_to_the_first_page(visit: Callable[..., Page]) -> None:
    tab = visit("selam")
    for url in INVITING:
        tab.goto(url)
        tab.locator("main a[href^='/new']").first.click()
        expect(tab).to_have_url(re.compile("/new"))


def test_who_is_not_signed_in_comes_to_the_editor_all_the_same(
    visit: Callable[..., Page],
) -> None:
    tab = visit()
    tab.goto("/")
    tab.get_by_role("link", name="Sign in to write").click()
    tab.get_by_role("main").get_by_role("link", name="Register").click()
    tab.get_by_label("Name").fill("first")
    for label in ("Password", "Password again"):
        tab.get_by_label(label, exact=True).fill("a first password of words")
    press(tab, "Register")
    expect(tab.get_by_role("heading", level=1)).to_have_text("New page")
