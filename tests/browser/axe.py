"""axe-core in the browser: what stands in somebody's way."""

from importlib.resources import files

from playwright.sync_api import Page

# Without preloading, which fetches every stylesheet again for one rule about turned screens.
RUN = """
axe.run({resultTypes: ["violations"], preload: false}).then(({violations}) => violations
  .filter(({impact}) => impact === "serious" || impact === "critical")
  .flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`)))
"""


def equip(tab: Page) -> Page:
    """Give every page of `tab` axe-core; the policy of the site doesn't touch what tests put in."""
    tab.add_init_script((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    return tab


def faults(tab: Page) -> list[str]:
    """The faults of serious or critical impact on the page as it stands."""
    return [f"{tab.url} {fault}" for fault in tab.evaluate(RUN)]
