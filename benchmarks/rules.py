"""What rules of access cost: 200 rules, 50 groups and 5,000 people beside one rule, in turns.

    python -m benchmarks.rules [--pages 2000] [--rounds 40]

Prints processor milliseconds of each request, the least of all rounds, since other work on the
machine only adds to it.
"""

import argparse
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, session
from flask_login import login_user
from sqlalchemy import insert

from wiki import create_app
from wiki.access.models import Rank
from wiki.accounts.models import Group, Membership, User
from wiki.config import read_settings
from wiki.database import db, schema, write_transaction
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import create_page
from wiki.search.document_source import DOCUMENT_SOURCE
from wiki.search.index.index_folder import search_folder
from wiki.search.indexing import index_lock
from wiki.search.indexing.indexer import Indexer

RULES, GROUPS, PEOPLE = 200, 50, 5_000
MEMBERSHIPS = 3  # groups of each person
PUBLIC_RULES = 20  # the first ones let everybody read
WORDS = ("queue", "index", "lock", "cache", "node", "worker", "signal", "socket", "buffer")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="nexus-rules-"))
    try:
        wikis = {"one rule": make_wiki(folder / "one", options.pages)}
        wikis[f"{RULES} rules"] = many = make_wiki(folder / "many", options.pages)
        set_rules(many)
        measure(wikis, _requests, options.rounds)
    finally:
        shutil.rmtree(folder)


def make_wiki(folder: Path, pages: int) -> Flask:
    """A wiki of so many pages, with one reader."""
    folder.mkdir()
    values = {
        "NEXUS_INSTANCE": str(folder),
        "NEXUS_SECRET_KEY": "0" * 64,
        "NEXUS_STARTER_PAGES": "off",
        "NEXUS_RATE_LIMITS": "off",
    }
    app = create_app(read_settings(values))
    app.testing = True
    schema.require(app)
    chance = random.Random(20)
    with app.app_context():
        with write_transaction() as rows:
            rows.add(person_named("reader"))
        for number in range(pages):
            part = f"part{number % RULES}"
            links = " ".join(f"[[{part}/page-{chance.randrange(pages)}]]" for _ in range(5))
            body = " ".join(chance.choices(WORDS, k=120))
            content = Content(f"Page {number}", f"{body}\n\n{links}\n", "concept", ("t",), {})
            create_page(content, path=f"{part}/page-{number}", by=None)
    lock = index_lock.acquire(search_folder(app))
    assert lock
    with app.app_context():
        indexer = Indexer(search_folder(app), DOCUMENT_SOURCE.of(app), lock)
        indexer.drain()
        indexer.close()
    lock.release()
    return app


def person_named(name: str) -> User:
    return User(username=name, username_key=name, role="learner", password_hash="")


def set_rules(app: Flask) -> None:
    """Rules under which the reader sees everything still, half of them through a group."""
    chance = random.Random(20)
    with app.app_context():
        with write_transaction() as rows:
            rows.add_all(person_named(f"person{number}") for number in range(PEOPLE))
            rows.flush()
            groups = [{"name": f"group {n}", "key": f"group-{n}"} for n in range(GROUPS)]
            rows.execute(insert(Group), groups)
            pairs = {(chance.randrange(GROUPS) + 1, user + 1) for user in range(PEOPLE)}
            for _ in range(MEMBERSHIPS - 1):
                pairs |= {(chance.randrange(GROUPS) + 1, user + 1) for user in range(PEOPLE)}
            pairs |= {(group, 1) for group in range(1, 11)}
            memberships = [{"group_id": g, "user_id": user} for g, user in sorted(pairs)]
            rows.execute(insert(Membership), memberships)
        for number in range(RULES):
            named = frozenset({number % 10 + 1, chance.randrange(GROUPS) + 1})
            rank = Rank.ADMIN if number % 2 else Rank.SIGNED_IN
            terms = RuleTerms("tree", rank, max(rank, Rank.LEARNER), editors=named)
            if number < PUBLIC_RULES:
                terms = RuleTerms(editors=named)
            set_rule(f"part{number}", terms, by=None)


def client_of(app: Flask) -> Any:
    """A browser in which that reader is signed in."""
    client: Any = app.test_client()
    with app.app_context():
        user = db.session.scalar(db.select(User).filter_by(username_key="reader"))
        within = app.test_request_context(environ_base=client.environ_base)
        with client.session_transaction() as cookie, within:
            login_user(user)
            cookie.update(session)
    return client


def _requests(app: Flask) -> dict[str, Callable[[], Any]]:
    member, stranger = client_of(app), app.test_client()
    numbers = iter(range(10**9))

    def gets(client: Any, address: str) -> Callable[[], Any]:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status}")
        return lambda: client.get(address).data

    def save() -> None:
        with app.app_context():
            create_page(Content("New", "A text.\n"), path=f"part1/new-{next(numbers)}", by=None)

    return {
        "page, kept": gets(member, "/wiki/part1/page-1"),
        "page, made anew": gets(member, "/wiki/part1/page-1?anew"),
        "page for a stranger": gets(stranger, "/wiki/part2/page-2?anew"),
        "search": gets(member, "/search?q=queue+index"),
        "search by date": gets(member, "/search?q=queue&sort=date"),
        "suggestions": gets(member, "/search/suggest?q=pag"),
        "front page": gets(member, "/"),
        "all pages": gets(member, "/pages"),
        "recent changes": gets(member, "/changes"),
        "save": save,
    }


def measure(
    wikis: dict[str, Flask],
    requests_of: Callable[[Flask], dict[str, Callable[[], Any]]],
    rounds: int,
) -> None:
    """Print what a request costs in each wiki, asked in turns, and its difference to the first."""
    asked = {name: requests_of(app) for name, app in wikis.items()}
    names = list(next(iter(asked.values())))
    least: dict[tuple[str, str], float] = {}
    for number in range(rounds):
        for request in names:
            # Whoever comes first finds the processor's caches full of something else.
            for wiki, requests in list(asked.items())[:: -1 if number % 2 else 1]:
                begun = time.process_time()
                requests[request]()
                spent = time.process_time() - begun
                least[request, wiki] = min(spent, least.get((request, wiki), spent))
    for request in names:
        times = [least[request, wiki] * 1000 for wiki in wikis]
        cells = "".join(f"{each:10.3f}" for each in times)
        more = "".join(f"{each / times[0] - 1:+8.1%}" for each in times[1:])
        print(f"{request:22}{cells}{more}")


if __name__ == "__main__":
    main()
