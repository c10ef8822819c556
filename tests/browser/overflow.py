"""What makes a page scroll sideways."""

from playwright.sync_api import Page

# What overflows the page, and isn't inside something that scrolls.
TOO_WIDE = """
() => {
  const root = document.scrollingElement;
  if (root.scrollWidth <= innerWidth) return [];
  const scrolls = (element) => element && element !== document.body
    && (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
    .filter((element) => !scrolls(element.parentElement))
    .map((element) => element.outerHTML.slice(0, 120))
    .concat(`${root.scrollWidth} px`);
}
"""


def too_wide(tab: Page) -> list[str]:
    """What overflows the page; nothing when it doesn't scroll sideways."""
    return [f"{tab.url}: {element}" for element in tab.evaluate(TOO_WIDE)]


def too_wide_at(tab: Page, urls: list[str]) -> list[str]:
    found = []
    for url in urls:
        tab.goto(url)
        found += too_wide(tab)
    return found
