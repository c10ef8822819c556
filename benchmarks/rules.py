"""Measures access rules: 200 rules, 50 groups and 5,000 people, beside a single rule.

    python -m benchmarks.rules [--pages 2000] [--rounds 200] [--database sqlite,postgres]

Measures whole requests, including saves by the form, on each database. Prints the processor
milliseconds of each request, as the minimum of all rounds, since other work on the machine only
adds to it. Then the ratio between the wikis, by the minimum and by the median of the rounds, in
which the wikis take turns; and the median ratio of response times, which include the work of
PostgreSQL. A second wiki with a single rule shows how much of the difference is noise.
"""

import argparse
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from flask import Flask, session
from flask_login import login_user
from sqlalchemy import insert, text
from sqlalchemy.engine import URL

from benchmarks.harness.people import editor_fields
from tests.databases import find_postgres, scratch_postgres, server_connection
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
MEMBERSHIPS = 3  # groups per person
PUBLIC_RULES = 20  # rules that let everybody read: the first ones
WORDS = ("queue", "index", "lock", "cache", "node", "worker", "signal", "socket", "buffer")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--database", default="sqlite,postgres")
    options = parser.parse_args()
    for database in options.database.split(","):
        server = find_postgres() if database == "postgres" else None
        with tempfile.TemporaryDirectory(prefix="nexus-rules-") as folder:
            print(f"\n{database}", flush=True)
            _compare(Path(folder), server, options)


def _compare(folder: Path, server: URL | None, options: argparse.Namespace) -> None:
    """Compare a wiki with two copies of it, of which one has rules, groups and people."""
    with _database(server) as first:
        template = make_wiki(folder / "one rule", options.pages, first)
        _disconnect(template)
        # PostgreSQL copies a database only while nobody is connected to it.
        copied = first.database if first else None
        with _database(server, copied) as again, _database(server, copied) as more:
            wikis = {"one rule": open_wiki(folder / "one rule", first)}
            for name, url in ((f"{RULES} rules", more), ("one rule again", again)):
                shutil.copytree(folder / "one rule", folder / name)
                wikis[name] = open_wiki(folder / name, url)
            set_rules(wikis[f"{RULES} rules"])
            for url in (first, again, more):
                if url:
                    with server_connection(url) as connection:
                        connection.execute(text("VACUUM ANALYZE"))  # as autovacuum does on a server
            measure(wikis, _requests, options.rounds)
            for app in wikis.values():
                _disconnect(app)


def _database(server: URL | None, template: str | None = None) -> Any:
    return scratch_postgres(server, template) if server else nullcontext()


def _disconnect(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def open_wiki(folder: Path, database: URL | None = None) -> Flask:
    """The application of the wiki in `folder`; its database is in the folder unless given."""
    values = {
        "NEXUS_INSTANCE": str(folder),
        "NEXUS_SECRET_KEY": "0" * 64,
        "NEXUS_STARTER_PAGES": "off",
        "NEXUS_RATE_LIMITS": "off",
    }
    if database:
        values["NEXUS_DATABASE_URL"] = database.render_as_string(hide_password=False)
    app = create_app(read_settings(values))
    app.testing = True
    schema.require(app)
    return app


def make_wiki(folder: Path, pages: int, database: URL | None = None) -> Flask:
    """Create a wiki with so many pages and one reader."""
    folder.mkdir()
    app = open_wiki(folder, database)
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
    """Add rules under which the reader still sees everything, half of it through a group."""
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
    """A test client in which the reader is signed in."""
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

    def gets(client: Any, address: str) -> Callable[[], Any]:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status}")
        return lambda: client.get(address).data

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
        "save": _saving(member, "/edit/part3/page-3"),
        "new page": _saving(member, "/new?path=part1/new"),
    }


def _saving(client: Any, address: str) -> Callable[[], Any]:
    """A call that submits the editor's form, each time with another text or path."""
    fields = editor_fields(client.get(address).text)
    number = 0

    def save() -> None:
        nonlocal number
        number += 1
        sent = {**fields, "text": f"A text, number {number}, of [[part1/page-1]].\n"}
        if address.startswith("/new"):
            sent |= {"title": f"New {number}", "path": f"part1/new-{number}"}
        else:
            sent["base_revision"] = str(int(fields["base_revision"]) + number - 1)
        answer = client.post(address, data=sent)
        if answer.status_code != 303:
            raise SystemExit(f"{address} answered {answer.status}: {answer.text[:2000]}")

    return save


def measure(
    wikis: dict[str, Flask],
    requests_of: Callable[[Flask], dict[str, Callable[[], Any]]],
    rounds: int,
) -> None:
    """Print the cost of each request in each wiki, and its ratio to that in the first wiki."""
    asked = {name: requests_of(app) for name, app in wikis.items()}
    first, *others = asked
    print(f"{'':22}" + "".join(f"{name:>16}" for name in (*wikis, *others, *others)))
    for request in asked[first]:
        spent, waited = _take_turns({name: asked[name][request] for name in asked}, rounds)
        least = {name: min(each) * 1000 for name, each in spent.items()}
        cells = [f"{each:13.3f} ms" for each in least.values()]
        for name in others:
            middle = _quotient(spent[name], spent[first])
            cells.append(f"{least[name] / least[first] - 1:+6.1%}{middle - 1:+6.1%} cpu")
        cells += [f"{_quotient(waited[name], waited[first]) - 1:+7.1%} time" for name in others]
        print(f"{request:22}" + "".join(f"{cell:>16}" for cell in cells), flush=True)


def _take_turns(
    requests: dict[str, Callable[[], Any]], rounds: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """The processor seconds and the elapsed seconds of each request, for each round."""
    order = list(requests)
    spent: dict[str, list[float]] = {name: [] for name in order}
    waited: dict[str, list[float]] = {name: [] for name in order}
    for _ in range(rounds):
        # The first request in a round would find the processor's caches cold.
        order = [*order[1:], order[0]]
        for name in order:
            begun, used = time.perf_counter(), time.process_time()
            requests[name]()
            spent[name].append(time.process_time() - used)
            waited[name].append(time.perf_counter() - begun)
    return spent, waited


def _quotient(these: list[float], those: list[float]) -> float:
    """The median of the ratios in each round: other work affects both in the same way."""
    return statistics.median(this / that for this, that in zip(these, those, strict=True))


if __name__ == "__main__":
    main()
