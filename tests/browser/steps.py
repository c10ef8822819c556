"""Controls that many pages have, found by their names."""

from playwright.sync_api import Locator, Page


def action(tab: Page, name: str) -> Locator:
    """One of the tabs below a page's title: Read, Edit, History …"""
    return tab.get_by_role("navigation", name="This page", exact=True).get_by_role(
        "link", name=name, exact=True
    )


def open_menu(tab: Page, name: str) -> None:
    """Open the menu that shows `name`."""
    tab.locator("[data-menu] > summary").filter(has_text=name).click()


def press(tab: Page, name: str) -> None:
    """A button in the page itself, not in the frame."""
    tab.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def editor(tab: Page) -> Locator:
    """The field with the text of a page."""
    return tab.get_by_role("textbox", name="Text", exact=True)


def search_field(tab: Page) -> Locator:
    """The visible search field."""
    return tab.locator("[data-search]:visible")
