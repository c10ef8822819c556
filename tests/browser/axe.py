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
# others rules that look at elements and styles have nothing else to find. Nor have they on what a
# page before had as well, such as its frame; but what something else refers to stays. Hidden
# fields have no style at all, and scripts need them.
THIN_OUT = """
(isAcrossPages) => {
  const seen = new Set(isAcrossPages ? JSON.parse(sessionStorage.getItem("seen") ?? "[]") : []);
  const before = new Set(seen);
  const hash = (text) => [...text].reduce((sum, c) => Math.imul(sum, 31) + c.charCodeAt() | 0, 7);
  const isWritten = ({nodeType, data}) => nodeType === Node.TEXT_NODE && data.trim() !== "";
  const isTelling = (name) => ["class", "role", "type"].includes(name) || name.startsWith("aria-");
  const shape = (element) => element.localName + "," + [...element.attributes]
    .map(({name, value}) => isTelling(name) ? name + value : name)
    + ([...element.childNodes].some(isWritten) ? "+" : "");
  const unnamed = (element) => shape(element).replaceAll(/aria-label[^,]*/g, "aria-label");
  const builds = new Map();
  const build = (element) => {
    const built = hash(shape(element) + [...element.children].map(build));
    builds.set(element, built);
    return built;
  };
  build(document.body);
  const all = [...document.body.querySelectorAll("*")];
  const shapes = all.map((element) => hash(unnamed(element)));
  const isNew = shapes.some((each) => !before.has(each));
  const referring = ["for", "list", ...["labelledby", "describedby", "controls", "owns", "details",
    "activedescendant", "errormessage"].map((name) => "aria-" + name)];
  const named = new Set(referring.flatMap((name) => [...document.querySelectorAll(`[${name}]`)]
    .flatMap((element) => element.getAttribute(name).split(" "))));
  const blocks = "a,article,aside,details,div,dl,fieldset,figure,footer,form,header,li,nav,ol,p,"
    + "section,table,tr,ul";
  const mayGo = (element) => element.matches(blocks)
    && ![element, ...element.querySelectorAll("[id]")].some(({id}) => named.has(id));
  const thinOut = (parent) => {
    const counts = new Map();
    for (const child of [...parent.children]) {
      if (child.type === "hidden") continue;
      const kind = builds.get(child);
      const place = hash(`${shape(parent)}>${kind}`);
      seen.add(place);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      if (counts.get(kind) > 2 || (before.has(place) && mayGo(child))) child.remove();
      else thinOut(child);
    }
  };
  thinOut(document.body);
  shapes.forEach((each) => seen.add(each));
  if (isAcrossPages) sessionStorage.setItem("seen", JSON.stringify([...seen]));
  return isNew;
}
"""


def equip(tab: Page) -> Page:
    """Give every page of `tab` axe-core; the policy of the site doesn't touch what tests put in."""
    tab.add_init_script((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    return tab


def faults(tab: Page) -> list[str]:
    """The violations of serious or critical impact on the current page."""
    return [f"{tab.url} {fault}" for fault in tab.evaluate(RUN)]


def thin_out(tab: Page, *, is_across_pages: bool = False) -> bool:
    """Remove elements that are built like both their neighbours, so that a check is quick.

    With `is_across_pages` also what this tab has had on a page before; then false when it has had
    every element with the same class, role and attributes.
    """
    is_new: bool = tab.evaluate(THIN_OUT, is_across_pages)
    return is_new
