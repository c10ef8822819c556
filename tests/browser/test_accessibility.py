"""On no page axe-core finds anything serious, light or dark, wide or narrow; none is too wide."""

from collections.abc import Callable
from itertools import cycle
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.browser.axe import equip, faults, thin_out
from tests.browser.overflow import too_wide
from tests.browser.steps import open_menu, search_field
from tests.browser.world import World, run_into_a_conflict, run_into_refusals
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

WAYS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((360, "dark"), (1280, "light"))


@pytest.fixture(scope="module")
def live_server(world: World) -> LiveServer:
    return world.server


@pytest.fixture
def look(visit: Callable[..., Page]) -> Callable[..., Page]:
    """`visit` in tabs that have axe-core, and in which colours change at once."""

    def look(username: str | None = None, role: str = "learner") -> Page:
        return equip(visit(username, role=role, reduced_motion="reduce"))

    return look


def faults_both_ways(tab: Page) -> list[str]:
    """Contrast doesn't depend on the width, so two of the four combinations suffice."""
    return [fault for way in WAYS for fault in faults_in(tab, *way)]


def faults_in(tab: Page, width: int, scheme: Literal["light", "dark"]) -> list[str]:
    tab.set_viewport_size({"width": width, "height": 800})
    tab.emulate_media(color_scheme=scheme)
    return [f"{scheme} {fault}" for fault in faults(tab)]


def faults_at(tab: Page, urls: list[str]) -> list[str]:
    """Faults of what each page has that no page before had, in one of two ways.

    That colours have contrast in either theme is for `tests/look/test_styles.py`.
    """
    found = []
    for url, way in zip(urls, cycle(WAYS), strict=False):
        tab.set_viewport_size({"width": 360, "height": 800})
        tab.goto(url)
        found += too_wide(tab)
        if thin_out(tab, is_across_pages=True):
            found += faults_in(tab, *way)
    return found


def test_the_alarm_rings(look: Callable[..., Page], world: World) -> None:
    tab = look()
    for url in ("/wiki/hard", "/wiki/redis"):
        tab.goto(url)
        thin_out(tab, is_across_pages=True)
    tab.goto("/wiki/redis")
    tab.evaluate("document.querySelector('[data-text] p').style.color = '#777'")
    tab.evaluate("document.querySelector('.find-button').removeAttribute('aria-label')")
    assert thin_out(tab, is_across_pages=True)
    rung = {(fault.split()[0], fault.split()[2]) for fault in faults_both_ways(tab)}
    rules = ("button-name:", "color-contrast:")
    assert rung == {(scheme, rule) for _, scheme in WAYS for rule in rules}


def test_rows_that_are_built_otherwise_stay(look: Callable[..., Page], world: World) -> None:
    tab = look()
    tab.goto("/pages")
    rows = tab.locator("main li")
    assert rows.count() > 20
    rows.last.evaluate("row => { row.lastElementChild.className = 'other'; }")
    thin_out(tab)
    assert 3 <= rows.count() < 20
    assert tab.locator("main li > .other").count() == 1


def test_pages_for_everybody(look: Callable[..., Page], world: World) -> None:
    assert faults_at(look(), world.for_all) == []


def test_pages_for_members(look: Callable[..., Page], world: World) -> None:
    assert faults_at(look("selam"), world.for_members) == []


def test_pages_for_administrators(look: Callable[..., Page], world: World) -> None:
    assert faults_at(look("root", role="admin"), world.for_administrators) == []


def test_a_conflict(look: Callable[..., Page], world: World) -> None:
    tab = look("selam")
    run_into_a_conflict(tab, world.server)
    found = faults_both_ways(tab)
    tab.get_by_role("radio", name="Your own wording").first.check()
    tab.get_by_text("Or edit the whole text yourself").click()
    assert found + faults_both_ways(tab) == []


def test_a_refused_form(look: Callable[..., Page], world: World) -> None:
    tab = look()
    run_into_refusals(tab)
    assert faults_both_ways(tab) == []


def test_what_opens(look: Callable[..., Page], world: World) -> None:
    tab = look("selam")
    for width, scheme in WAYS:
        tab.set_viewport_size({"width": width, "height": 800})
        tab.emulate_media(color_scheme=scheme)
        tab.goto("/wiki/redis")
        open_menu(tab, "More")
        found = faults(tab)
        search_field(tab).press_sequentially("one of")
        tab.get_by_role("option").first.wait_for()
        search_field(tab).press("ArrowDown")
        assert found + faults(tab) == []
