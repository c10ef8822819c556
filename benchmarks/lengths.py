"""Measures a page of 500 kB and a history of 10,000 revisions: `python -m benchmarks.lengths`."""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, update

from benchmarks.harness import corpus, report
from benchmarks.harness.client import Answer, Browser, WrongAnswer
from benchmarks.harness.people import OpenEditor, sign_in
from benchmarks.harness.report import Bar, Row
from benchmarks.harness.servers import (
    PEOPLE,
    Broken,
    environment,
    make_people,
    nexus,
    nexus_serve,
    running,
)
from benchmarks.texts import edited, text_of
from wiki import create_app
from wiki.config import read_settings
from wiki.database import db, write_transaction
from wiki.pages.models import Page, Revision
from wiki.pages.writing.content import Content
from wiki.pages.writing.text_store import store_text
from wiki.pages.writing.write import create_page

LENGTH = 500_000  # characters
REVISIONS = 10_000
ANSWER = Bar("<", 1000)  # milliseconds
BATCH = 500

LONG, OLD = "long-page", "long-history"


def fill(instance: Path, pages: list[corpus.CorpusPage], revisions: int) -> None:
    """Create a wiki with the two pages in `instance`. Raises `Broken`."""
    instance.mkdir(parents=True, exist_ok=True)
    nexus(instance, "init")
    make_people(instance)
    app = create_app(read_settings(environment(instance)))
    with app.app_context():
        create_page(Content("Long page", text_of(pages, LENGTH)), by=None, path=LONG)
        text = text_of(pages, 10_000)
        old = create_page(Content("Long history", text), by=None, path=OLD)
        _write_history(old.page_id, text, revisions)
        db.engine.dispose()


def _write_history(page_id: int, text: str, revisions: int) -> None:
    """Insert revisions as the write path stores them, without rendering each."""
    chance = random.Random(7)
    lines = text.split("\n")
    began = datetime.now(UTC) - timedelta(minutes=revisions)
    for start in range(2, revisions + 1, BATCH):
        with write_transaction() as session:
            rows = []
            for number in range(start, min(start + BATCH, revisions + 1)):
                lines[chance.randrange(len(lines))] = f"Line of revision {number}."
                text = "\n".join(lines)
                rows.append(
                    {
                        "page_id": page_id,
                        "number": number,
                        "created_at": began + timedelta(minutes=number),
                        "path": OLD,
                        "title": "Long history",
                        "text_hash": store_text(session, text),
                        "size": len(text),
                        "parent_number": number - 1,
                    }
                )
            session.execute(insert(Revision), rows)
            session.execute(
                update(Page).where(Page.id == page_id).values(revision_count=rows[-1]["number"])
            )


def measure(port: int, revisions: int) -> list[Row]:
    """The time of each page: the longer one of the first and a second request."""
    browser, other = (sign_in(port, name) for name in PEOPLE[:2])
    rows = [_row(name, work) for name, work in _reading(browser, revisions)]
    return rows + [_row(name, work) for name, work in _writing(browser, other)]


def _reading(browser: Browser, revisions: int) -> Iterator[tuple[str, Callable[[], Answer]]]:
    old = f"{revisions:,} revisions"
    addresses = {
        "500 kB, read": f"/wiki/{LONG}",
        "500 kB, source": f"/raw/{LONG}",
        "500 kB, edit form": f"/edit/{LONG}",
        "500 kB, history": f"/history/{LONG}",
        "500 kB, blame": f"/blame/{LONG}",
        f"{old}, history": f"/history/{OLD}",
        f"{old}, last page of history": f"/history/{OLD}?page={revisions // 50}",
        f"{old}, blame": f"/blame/{OLD}",
        f"{old}, first and last compared": f"/diff/{OLD}?from=1&to={revisions}",
        f"{old}, an old one": f"/wiki/{OLD}?revision={revisions // 2}",
        f"{old}, recent changes": "/changes",
        f"{old}, end of recent changes": f"/changes?page={revisions // 50}",
    }
    for name, address in addresses.items():
        yield name, lambda: browser.get(address)  # noqa: B023  # called before the next one


def _writing(browser: Browser, other: Browser) -> Iterator[tuple[str, Callable[[], Answer]]]:
    mine, theirs = OpenEditor.of(browser, LONG), OpenEditor.of(other, LONG)
    text = mine.fields["text"]
    chance = random.Random(9)
    changed = edited(text, 0.05, chance)

    def send(action: str, url: str = mine.url) -> Answer:
        fields = {**mine.fields, "text": changed, "action": action, "page": LONG, "path": LONG}
        return browser.post(url, fields)

    yield "500 kB, preview", lambda: send("", "/preview")
    yield "500 kB, preview in the form", lambda: send("preview")
    yield "500 kB, own changes", lambda: send("changes")
    yield "500 kB, draft kept", lambda: send("", "/drafts")
    drafts = browser.get("/drafts").text
    found = drafts.partition('href="/drafts/')[2].partition('"')[0]
    yield "500 kB, draft", lambda: browser.get(f"/drafts/{found}")
    theirs.fields["text"] = edited(text, 0.05, chance)
    yield "500 kB, save", lambda: other.post(theirs.url, theirs.fields)
    yield "500 kB, conflict", lambda: send("save")
    for view in ("side", "inline"):
        yield f"500 kB, difference ({view})", lambda: browser.get(f"/diff/{LONG}?view={view}")  # noqa: B023
    yield "500 kB, an old revision", lambda: browser.get(f"/wiki/{LONG}?revision=1")
    yield "500 kB, asked whether to restore", lambda: browser.get(f"/restore/{LONG}?revision=1")


def _row(name: str, work: Callable[[], Answer]) -> Row:
    seconds: list[float] = []
    for _ in range(2):
        began = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - began)
        if answer.status not in (200, 303, 409):
            raise WrongAnswer(f"{name}: {answer.status}: {answer.text[:1000]}")
    detail = f"{answer.status}, {len(answer.body) / 1000:,.0f} kB"
    return Row(name, max(seconds) * 1000, "ms", bar=ANSWER, detail=detail)


def run(
    folder: Path, pages: list[corpus.CorpusPage], workers: int, revisions: int = REVISIONS
) -> list[Row]:
    """Fill a wiki below `folder`, serve it and measure. Raises `Broken`, `WrongAnswer`."""
    instance = folder / "long"
    fill(instance, pages, revisions)
    with running(nexus_serve(workers), instance) as server:
        server.settle()
        return measure(server.port, revisions)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lengths", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=corpus.DEFAULT)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    try:
        pages = corpus.read_corpus(options.corpus)
        with tempfile.TemporaryDirectory(prefix="nexus-bench-") as folder:
            print(report.as_text(run(Path(folder), pages, options.workers)))
    except (corpus.NoCorpus, Broken, WrongAnswer) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
