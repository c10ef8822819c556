"""Texts that try to run scripts, and the tripwires that notice when one does.

`make attacks` sets NEXUS_TEST_ATTACKS to a file of them: then each of its lines is tried. Otherwise
they are some of those that Chromium was seen to run when nothing cleans them.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request

from tests.browser_tabs import LIMIT
from tests.live_server import LiveServer
from tests.optional_resources import shared_path

# Whatever a payload calls to show that it runs, in every frame.
TRIPWIRE = """
for (const name of ["alert", "confirm", "prompt", "print"]) {
  window[name] = (...words) => { nexusTripped(`${name}(${words})`); };
}
"""

# Elements, attributes and addresses that run, load or look like the site itself.
SUSPECT = """
() => [...document.querySelectorAll("*")].filter((element) => {
  const name = element.localName;
  if (name === "script") return !element.getAttribute("src")?.startsWith("/static/js/");
  if (name === "link") return !element.closest("head");
  if (name === "meta") return !element.closest("head") || element.httpEquiv;
  if (name === "svg") return !element.classList.contains("icon");
  if (["iframe", "frame", "object", "embed", "applet", "base", "style"].includes(name)) return true;
  if (["animate", "set", "foreignobject", "marquee", "portal"].includes(name)) return true;
  if (["form", "input", "button", "textarea", "select"].includes(name)) {
    const isTask = name === "input" && element.type === "checkbox" && element.disabled;
    const isOurs = element.closest(".code-copy, .task-box");
    if (element.closest("[data-text]") && !isTask && !isOurs) return true;
  }
  if (["a", "area"].includes(name) && element.hasAttribute("href")) {
    if (!["http:", "https:", "mailto:"].includes(element.protocol)) return true;
  }
  // Our own scripts give one the height of what is typed, the other that of what stays in view.
  const isMirror = element.matches(".editor-mirror") && !element.closest("[data-text]");
  const isRoot = element === document.documentElement
    && [...element.style].every((property) => ["--above", "--below"].includes(property));
  return [...element.attributes].some(
    ({name}) => name.startsWith("on") || (name === "style" && !isMirror && !isRoot));
}).map((element) => element.outerHTML.slice(0, 160))
"""

# What a reader might do with the contents of a text.
POKE = """
() => {
  const all = [...document.querySelectorAll("[data-text] *")];
  for (const element of all) {
    if ("open" in element) element.open = true;
    for (const kind of ["pointerover", "mouseover", "mouseenter", "mousemove", "mousedown",
                        "mouseup", "dragstart", "dragend", "copy", "paste", "wheel", "toggle"]) {
      element.dispatchEvent(new Event(kind, {bubbles: false}));
    }
    // A task is ours: ticking it saves the page and comes back to it.
    if (!element.closest("a, .code-copy, summary, input, button")) element.click?.();
    element.focus?.();
    element.blur?.();
  }
}
"""


@dataclass(frozen=True)
class Payload:
    id: str
    text: str
    kind: str
    runs: bool

    @property
    def markdown(self) -> str:
        """As the body of a page, in the places where its kind is dangerous."""
        text = self.text
        if self.kind == "url":
            return f'[a]({text}) <a href="{text}">b</a> ![c]({text}) <img src="{text}">'
        if self.kind == "attr":
            return f'{text}\n\n<a title="{text}" href=\'{text}\'>a</a>\n\n![{text}](x.png "{text}")'
        return text


ALL = os.environ.get("NEXUS_TEST_ATTACKS", "")


def payloads() -> list[Payload]:
    """All there are; `runs` those that Chromium was seen to run when nothing cleans them."""
    path = Path(ALL) if ALL else shared_path("testdata/xss.jsonl")
    verdicts = {} if ALL else json.loads(shared_path("testdata/xss.live.json").read_text())
    # Not `splitlines`: payloads hold other characters that end a line.
    lines = path.read_text(encoding="utf-8").strip().split("\n")
    rows = [json.loads(line) for line in lines]
    return [
        Payload(
            row["id"],
            row["payload"],
            row["kind"],
            runs=bool(ALL) or verdicts[row["id"]] == "executed",
        )
        for row in rows
    ]


class Trap:
    """A tab in which whatever runs is caught; `caught` is what did, and where.

    Without the site's policy (`has_policy=False`) a text has only been stopped when it was cleaned;
    with it, a script that is stopped by the policy alone is caught all the same.
    """

    def __init__(self, browser: Browser, server: LiveServer, *, has_policy: bool = False) -> None:
        self.server = server
        self.caught: list[str] = []
        self.context: BrowserContext = browser.new_context(
            base_url=server.url, bypass_csp=not has_policy
        )
        self.context.set_default_timeout(LIMIT)
        self.context.expose_binding("nexusTripped", lambda _source, words: self._note(words))
        self.context.add_init_script(TRIPWIRE)
        self.context.on("console", self._listen)
        self.context.on("page", lambda _page: self._note("opened a window"))
        self.tab: Page = self.context.new_page()
        self.caught.clear()
        self.tab.on("dialog", self._dismiss)
        # Heard of rather than stopped: a browser whose requests are stopped keeps no file of ours.
        self.context.on("request", self._hear)

    def _note(self, words: str) -> None:
        where = self.tab.url if hasattr(self, "tab") else ""
        self.caught.append(f"{where}: {words}")

    def _listen(self, said: ConsoleMessage) -> None:
        # External pictures are only fetched by https; that isn't the text's fault.
        if "Content Security Policy" in said.text and "img-src" not in said.text:
            self._note(said.text)

    def _dismiss(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":  # the editor's own, before work is lost
            dialog.accept()
            return
        self._note("a dialog")
        dialog.dismiss()

    def _hear(self, request: Request) -> None:
        if request.url.startswith((self.server.url, "data:", "blob:")):
            is_ours = urlsplit(request.url).path.startswith("/static/")
            if request.resource_type in ("script", "stylesheet") and not is_ours:
                self._note(f"fetched {request.resource_type} {request.url}")
        elif request.resource_type not in ("image", "media"):
            self._note(f"asked {request.url} for a {request.resource_type}")

    def open(self, url: str) -> None:
        """Go there, do what readers do, and look at what is there."""
        self.tab.goto(url)
        self.look()

    def look(self) -> None:
        before = self.tab.url
        self.tab.evaluate(POKE)
        for element in self.tab.evaluate(SUSPECT):
            self._note(element)
        if self.tab.url.partition("#")[0] != before.partition("#")[0]:
            self._note(f"led away from {before}")
        if len(self.tab.frames) > 1:
            self._note("a frame")

    def close(self) -> None:
        self.context.close()


def grouped(all_of_them: list[Payload], size: int) -> Iterable[list[Payload]]:
    return (all_of_them[i : i + size] for i in range(0, len(all_of_them), size))
