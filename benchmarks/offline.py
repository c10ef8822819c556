"""Measures the hub in one file: its size, and the time to make, open and search it.

    python -m benchmarks.offline [--corpus FILE] [--wiki FOLDER] [--slowdown 4]

The file is made of all pages of the corpus, imported into a new wiki unless FOLDER is one. It is
opened from the disk in Chromium, whose processor is slowed down; each figure is the median of its
runs, and the worst. Beside it stands the processor time of the browser's main thread without that,
which other work on the machine hardly changes. Needs Playwright, as the tests do.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.harness.corpus import DEFAULT
from benchmarks.workloads.searching import QUERIES

OPENINGS = 7
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# From the last keystroke until the results are in the page.
SEARCH = """
async (query) => {
  const field = document.getElementById("nx-find");
  field.value = query;
  const begun = performance.now();
  const shown = new Promise((resolve) => {
    new MutationObserver((_all, observer) => { observer.disconnect(); resolve(performance.now()); })
      .observe(document.getElementById("nx-main"), { childList: true });
  });
  field.dispatchEvent(new Event("input"));
  return await shown - begun;
}
"""
OPENED = """
() => document.querySelector("#nx-main h1") && performance.now()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT)
    parser.add_argument("--wiki", type=Path)
    parser.add_argument("--slowdown", type=float, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nexus-offline-") as folder:
        wiki = options.wiki or Path(folder) / "wiki"
        if options.wiki is None:
            _nexus(wiki, "import", str(options.corpus))
        file = Path(folder) / "hub.html"
        seconds = _nexus(wiki, "export", "--single", str(file))
        _print("size", f"{file.stat().st_size / 1e6:.1f} MB")
        _print("made in (processor)", f"{seconds:.1f} s")
        _measure(file, options.slowdown)


def _nexus(instance: Path, *arguments: str) -> float:
    """Run a command; returns its processor seconds."""
    environment = {"NEXUS_INSTANCE": str(instance), "NEXUS_STARTER_PAGES": "off"}
    before = os.times()
    subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-m", "wiki", *arguments],
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    after = os.times()
    return (
        after.children_user + after.children_system - before.children_user - before.children_system
    )


def _measure(file: Path, slowdown: float) -> None:
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        openings, first = [], []
        for _ in range(OPENINGS):
            page = _slowed(browser, slowdown)
            openings.append(_open(page, file))
            first.append(float(page.evaluate(SEARCH, "docker")))
            page.context.close()
        _print(f"opened, {slowdown:g} times slower", _told(openings))
        _print("first search", _told(first))
        page = _slowed(browser, slowdown)
        _open(page, file)
        page.evaluate(SEARCH, "docker")
        queries = [line for line in QUERIES.read_text().splitlines() if line and line[0] != "#"]
        _print(f"{len(queries)} searches", _told([page.evaluate(SEARCH, each) for each in queries]))
        _print("each letter of “redis cache”", _told(_letters(page, "redis cache")))
        _measure_processor(browser, file)
        browser.close()


def _measure_processor(browser: Browser, file: Path) -> None:
    opened, first, searched = list[float](), list[float](), list[float]()
    for _ in range(OPENINGS):
        page = _slowed(browser, 1)
        wire = page.context.new_cdp_session(page)
        wire.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = _thread_time(wire)
        _open(page, file)
        opened.append(_thread_time(wire) - before)
        for query, spent in (("docker", first), ("redis cache", searched), ("s", searched)):
            before = _thread_time(wire)
            page.evaluate(SEARCH, query)
            spent.append(_thread_time(wire) - before)
        page.context.close()
    _print("opened, processor", _told(opened))
    _print("first search, processor", _told(first))
    _print("searches, processor", _told(searched))


def _thread_time(wire: CDPSession) -> float:
    """The processor milliseconds of the page's main thread so far."""
    metrics = wire.send("Performance.getMetrics")["metrics"]
    return next(1000 * each["value"] for each in metrics if each["name"] == "ThreadTime")


def _slowed(browser: Browser, slowdown: float) -> Page:
    page = browser.new_context(viewport={"width": 360, "height": 700}).new_page()
    wire = page.context.new_cdp_session(page)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    return page


def _open(page: Page, file: Path) -> float:
    """Open the file; returns the milliseconds until the front page is shown."""
    page.goto(file.as_uri(), wait_until="commit")
    opened: float = page.wait_for_function(OPENED, polling="raf").json_value()
    return opened


def _letters(page: Page, words: str) -> list[float]:
    return [page.evaluate(SEARCH, words[:end]) for end in range(1, len(words) + 1)]


def _told(values: list[float]) -> str:
    return f"{median(values):,.0f} ms, at worst {max(values):,.0f}"


def _print(what: str, figure: str) -> None:
    print(f"{what:<32}{figure:>28}", flush=True)


if __name__ == "__main__":
    began = time.monotonic()
    main()
    _print("measured in", f"{time.monotonic() - began:.0f} s")
