"""axe-core in the browser: barriers to accessibility."""

from importlib.resources import files

from playwright.sync_api import Page

# Without preloading, which fetches every stylesheet again for one rule about turned screens, and
# without rules whose findings are never serious.
RUN = """
() => {
  const light = axe._audit.rules.filter(({impact}) => ["minor", "moderate"].includes(impact));
  const rules = Object.fromEntries(light.map(({id}) => [id, {enabled: false}]));
  return axe.run({resultTypes: ["violations"], preload: false, rules}).then(({violations}) =>
    violations.filter(({impact}) => impact === "serious" || impact === "critical")
      .flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`)));
}
"""

# Of neighbours that are built alike, as are the rows of a list, only the first two stay: on the
# others rules that look at elements and styles have nothing else to find. Hidden fields have no
# style at all, and scripts need them.
THIN_OUT = """
() => {
  const build = (element) => element.localName + [...element.attributes]
    .map(({name, value}) => name === "class" || name.startsWith("aria-") ? name + value : name)
    + "(" + [...element.children].map(build) + ")";
  const thinOut = (parent) => {
    const seen = new Map();
    for (const child of [...parent.children]) {
      if (child.type === "hidden") continue;
      const kind = build(child);
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      if (seen.get(kind) > 2) child.remove();
      else thinOut(child);
    }
  };
  thinOut(document.body);
}
"""


def equip(tab: Page) -> Page:
    """Give every page of `tab` axe-core; the policy of the site doesn't touch what tests put in."""
    tab.add_init_script((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    return tab


def faults(tab: Page) -> list[str]:
    """The violations of serious or critical impact on the current page."""
    return [f"{tab.url} {fault}" for fault in tab.evaluate(RUN)]


def thin_out(tab: Page) -> None:
    """Remove elements that are built like both their neighbours, so that a check is quick."""
    tab.evaluate(THIN_OUT)
