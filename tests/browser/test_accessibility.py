"""axe-core finds nothing serious on any page: light or dark, wide or narrow, signed in or not."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.axe import equip, faults
from tests.browser.steps import open_menu, search_field
from tests.browser.world import World, build, run_into_a_conflict, run_into_refusals
from tests.live import LiveServer

pytestmark = pytest.mark.browser

# Every page is looked at in both ways: contrast doesn't depend on the width.
ways = pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
other_ways = pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (360, "light")])


@pytest.fixture(scope="module")
def world(live_server: LiveServer) -> World:
    return build(live_server)


@pytest.fixture
def look(visit: Callable[..., Page]) -> Callable[..., Page]:
    """`visit` in tabs that have axe-core."""

    def look(username: str | None, width: int, scheme: str, role: str = "learner") -> Page:
        return equip(visit(username, role=role, width=width, color_scheme=scheme))

    return look


def faults_at(tab: Page, urls: list[str]) -> list[str]:
    found = []
    for url in urls:
        tab.goto(url)
        found += faults(tab)
    return found


def test_the_alarm_rings(look: Callable[..., Page], world: World) -> None:
    tab = look(None, 1280, "light")
    tab.goto("/wiki/redis")
    tab.evaluate("document.querySelector('[data-text] p').style.color = '#ccc'")
    tab.evaluate("document.querySelector('.find-button').removeAttribute('aria-label')")
    assert {fault.split()[1] for fault in faults(tab)} == {"button-name:", "color-contrast:"}


@ways
def test_pages_for_everybody(
    look: Callable[..., Page], world: World, width: int, scheme: str
) -> None:
    assert faults_at(look(None, width, scheme), world.for_all) == []


@other_ways
def test_pages_for_members(
    look: Callable[..., Page], world: World, width: int, scheme: str
) -> None:
    assert faults_at(look("selam", width, scheme), world.for_members) == []


@ways
def test_pages_for_who_runs_the_hub(
    look: Callable[..., Page], world: World, width: int, scheme: str
) -> None:
    tab = look("root", width, scheme, role="admin")
    assert faults_at(tab, world.for_administrators) == []


@ways
def test_a_conflict(look: Callable[..., Page], world: World, width: int, scheme: str) -> None:
    tab = look("selam", width, scheme)
    run_into_a_conflict(tab, world.server)
    assert faults(tab) == []
    tab.get_by_role("radio", name="Your own wording").first.check()
    tab.get_by_text("Or edit the whole text yourself").click()
    assert faults(tab) == []


@ways
def test_a_refused_form(look: Callable[..., Page], world: World, width: int, scheme: str) -> None:
    tab = look(None, width, scheme)
    run_into_refusals(tab)
    assert faults(tab) == []


@ways
def test_what_opens(look: Callable[..., Page], world: World, width: int, scheme: str) -> None:
    tab = look("selam", width, scheme)
    tab.goto("/wiki/redis")
    open_menu(tab, "More")
    found = faults(tab)
    search_field(tab).press_sequentially("one of")
    tab.get_by_role("option").first.wait_for()
    search_field(tab).press("ArrowDown")
    assert found + faults(tab) == []
