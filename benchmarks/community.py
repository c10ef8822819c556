"""Measures requests to wikis with many watchers or proposals, beside a wiki with neither.

One wiki has 10,000 watchers and 100,000 notifications, one has 5,000 open proposals.

    python -m benchmarks.community [--pages 500] [--rounds 60]

Prints the processor milliseconds of each request in all three, measured in turns: the minimum of
all rounds, since other work on the machine only adds to it. Then: how long it takes to notify all
watchers of one save, and for how long one of these transactions holds SQLite's write lock at most.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, insert, update

from benchmarks.rules import client_of, make_wiki, measure, person_named
from wiki.accounts.models import User
from wiki.community.events import event_kinds
from wiki.community.notifier.process import consume_all
from wiki.community.proposals.models import Proposal, ProposalPage
from wiki.community.watching.models import Notification, NotifiedEvent, Watch
from wiki.database import db, utcnow, write_transaction
from wiki.pages.models import Page, Revision
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import Edit, save_edit

WATCHERS, NOTIFICATIONS = 10_000, 100_000
WATCHED = "part1/page-1"
TOLD_EACH = 2_000  # notifications of the reader who is measured
PROPOSALS, PROPOSED_EACH = 5_000, 5  # number of proposals, and how many of them are by one person
PROPOSED_HERE = 10  # proposals for the page that is measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="nexus-community-"))
    try:
        wikis = {"nobody watches": make_wiki(folder / "none", options.pages)}
        wikis["10,000 watch"] = crowd = make_wiki(folder / "many", options.pages)
        wikis["5,000 proposals"] = proposing = make_wiki(folder / "proposals", options.pages)
        consume_all(wikis["nobody watches"])
        fill(crowd)
        fill_queue(proposing)
        measure(wikis, _requests, options.rounds)
        _measure_telling(crowd)
    finally:
        shutil.rmtree(folder)


def fill(app: Flask) -> None:
    """Add people who watch one page, and their notifications."""
    consume_all(app)
    with app.app_context(), write_transaction() as rows:
        people = [f"person{number}" for number in range(WATCHERS)]
        rows.add_all(map(person_named, people))
        rows.flush()
        page = rows.scalars(db.select(Page).where(Page.key == WATCHED)).one()
        revision = rows.scalars(db.select(Revision.id).where(Revision.page_id == page.id)).first()
        ids = rows.scalars(db.select(User.id).order_by(User.id)).all()
        watches = [
            {"user_id": user, "scope": "page", "page_id": page.id, "target": f"page:{page.id}"}
            for user in ids
        ]
        rows.execute(insert(Watch), watches)
        events = range(-TOLD_EACH, 0)
        told = {"kind": "revision", "page_id": page.id, "revision_id": revision, "at": utcnow()}
        rows.execute(insert(NotifiedEvent), [{"number": number, **told} for number in events])
        pairs = [(ids[0], number) for number in events]
        each = (NOTIFICATIONS - TOLD_EACH) // (WATCHERS - 1)
        pairs += [(user, -1 - number) for user in ids[1:] for number in range(each)]
        rows.execute(insert(Notification), [{"user_id": u, "event_number": n} for u, n in pairs])
        rows.execute(update(User).values(unread_count=each))


def fill_queue(app: Flask) -> None:
    """Add open proposals for all pages of the wiki."""
    consume_all(app)
    with app.app_context(), write_transaction() as rows:
        people = [f"person{number}" for number in range(PROPOSALS // PROPOSED_EACH)]
        rows.add_all(map(person_named, people))
        rows.flush()
        authors = rows.scalars(db.select(User.id).where(User.username.startswith("person"))).all()
        page_ids = rows.scalars(db.select(Page.id)).all()
        here = rows.scalars(db.select(Page.id).where(Page.key == WATCHED)).one()
        others = [page_id for page_id in page_ids if page_id != here]
        for number in range(PROPOSALS):
            author = authors[number % len(authors)]
            proposal = Proposal(title=f"Better words, {number}", author_id=author)
            rows.add(proposal)
            rows.flush()
            part = ProposalPage(
                proposal_id=proposal.id,
                number=1,
                version=1,
                page_id=here if number < PROPOSED_HERE else others[number % len(others)],
                base_revision=1,
                by_id=author,
                title="A page",
                kind="page",
                is_counted=True,
                body=f"What somebody proposes, {number}.\n" * 40,
            )
            rows.add(part)


def _requests(app: Flask) -> dict[str, Callable[[], Any]]:
    member, stranger = client_of(app), app.test_client()
    numbers = iter(range(10**9))

    def gets(client: Any, address: str) -> Callable[[], Any]:
        return lambda: client.get(address).data

    def save() -> None:
        _edit(app, f"A text, number {next(numbers)}.\n")

    return {
        "page, kept": gets(member, f"/wiki/{WATCHED}"),
        "page, made anew": gets(member, f"/wiki/{WATCHED}?anew"),
        "page for a stranger": gets(stranger, f"/wiki/{WATCHED}?anew"),
        "front page": gets(member, "/"),
        "save": save,
        "notifications": gets(member, "/notifications"),
        "watching": gets(member, "/watching"),
        "proposals": gets(member, "/proposals"),
    }


def _edit(app: Flask, text: str) -> None:
    with app.app_context():
        page = db.session.scalars(db.select(Page).where(Page.key == WATCHED)).one()
        save_edit(page.id, Edit(Content(page.title, text), page.revision_count), by=None)


def _measure_telling(app: Flask) -> None:
    with app.app_context():
        consume_all(app)
        assert "revision" in event_kinds()
    _edit(app, "What everybody is told of.\n")
    with _writers(app) as held:
        begun = time.perf_counter()
        consume_all(app)
        spent = time.perf_counter() - begun
    print(f"telling 10,000 watchers of one save: {spent:.2f} s in {len(held)} transactions,")
    print(f"of which the longest keeps other writers for {max(held) * 1000:.0f} ms")


@contextmanager
def _writers(app: Flask) -> Iterator[list[float]]:
    """Yields a list of the seconds for which each write transaction holds SQLite's lock."""
    held: list[float] = []
    begun: dict[int, float] = {}

    def begin(connection: Any) -> None:
        if connection.get_execution_options().get("write"):
            begun[id(connection)] = time.perf_counter()

    def end(connection: Any) -> None:
        if id(connection) in begun:
            held.append(time.perf_counter() - begun.pop(id(connection)))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "begin", begin)
    event.listen(engine, "commit", end)
    yield held


if __name__ == "__main__":
    main()
