"""Every route, for everybody, for every page: what it answers, and that it tells nothing hidden.

A route that is missing in the table of expectations fails.
"""

import re
import shutil
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from urllib.parse import quote
from zlib import crc32

import pytest
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from tests import databases, speedups
from tests.access.expectations import expected_of
from tests.access.matrix_requests import (
    NO_PLACE,
    Asked,
    Written,
    counted_calls,
    methods_of,
    nothing_written,
    request_for,
    statements,
)
from tests.access.matrix_world import (
    EVERYBODY,
    LEARNER,
    MENTOR,
    PATHS,
    PLACES,
    READER,
    READERS,
    RESTORERS,
    STRANGER,
    WORDS,
    World,
    furnished,
    sort_of,
)
from tests.access.sent_values import BODIES, QUESTIONS, SENT, UPLOADED
from tests.person import Person
from tests.sampling import EXHAUSTIVE
from wiki import create_app
from wiki.config import read_settings
from wiki.database import db


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory,
    migrated_sqlite: Path,
    compiled_templates: FileSystemBytecodeCache,
) -> Iterator[World]:
    """One application with a page of each sort, shared by all tests here, which change nothing."""
    instance = tmp_path_factory.mktemp("matrix")
    shutil.copyfile(migrated_sqlite, instance / "nexus.sqlite3")
    environment = {
        "NEXUS_INSTANCE": str(instance),
        "NEXUS_DATABASE_URL": f"sqlite:///{instance / 'nexus.sqlite3'}",
        "NEXUS_SECRET_KEY": databases.KEY,
        "NEXUS_STARTER_PAGES": "off",
        "NEXUS_RATE_LIMITS": "off",
    }
    app = create_app(read_settings(environment))
    app.jinja_env.bytecode_cache = compiled_templates
    app.testing = True
    app.test_client_class = Person
    speedups.share_statements(app)
    yield furnished(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _ask(world: World, asked: Asked) -> tuple[str, str]:
    """The outcome, and what was answered."""
    try:
        answer = asked.send(world)
    except Written:
        return "fine", ""
    said = answer.get_data().decode(errors="replace") + str(answer.headers)
    answer.close()
    leads = answer.headers.get("Location", "")
    if answer.status_code == 401 or leads.startswith("/account/login"):
        return "sign in", said
    told = {403: "forbidden", 404: "missing"}
    assert answer.status_code < 500, f"{asked}: {answer.status}\n{said}"
    return told.get(answer.status_code, "fine"), said


def _pages_of(rule: Rule, method: str, who: str) -> list[str]:
    """The pages for which a rule is asked: one of each sort that this person meets in one way.

    Which of them is another one for each rule; with `NEXUS_TEST_ATTACKS`, all of them are.
    """
    if rule.endpoint in ("pages.access", "pages.set_access") and not rule.arguments:
        return []  # the rule of the whole wiki, in a test of its own
    of_pages = {"path", "file_id", "tag", "thread_id", "proposal_id"}
    if not (rule.arguments & of_pages or rule.endpoint in (*QUESTIONS, *SENT, *BODIES, *UPLOADED)):
        return ["public"]
    if EXHAUSTIVE:
        return list(PATHS)
    sorts: dict[str, list[str]] = {}
    for page in PATHS:
        sorts.setdefault(sort_of(who, page), []).append(page)
    chance = _number_of(rule.endpoint, method, who)
    outcomes = {expected_of(rule.endpoint, method, who, page) for page in PATHS}
    if outcomes in ({"sign in"}, {"forbidden"}):  # before anything is looked for
        return [list(PATHS)[chance % len(PATHS)]]
    return [alike[chance % len(alike)] for alike in sorts.values()]


def _number_of(*words: str) -> int:
    """The same one each time, and any."""
    return crc32(" ".join(words).encode())


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_gets_at_every_address_what_is_theirs(world: World, who: str) -> None:
    wrong = []
    with nothing_written(world.app):
        for rule in world.app.url_map.iter_rules():
            for method in methods_of(rule):
                for page in _pages_of(rule, method, who):
                    asked = request_for(world, rule, method, who, page)
                    outcome, said = _ask(world, asked)
                    expected = expected_of(rule.endpoint, method, who, page)
                    if outcome != expected:
                        wrong.append(f"{method} {asked.address}: {outcome}, not {expected}")
                    repeated = asked.address + (PATHS[page] if method != "GET" else "")
                    wrong += [
                        f"{method} {asked.address} tells of {told}"
                        for told in _told(who, said, repeated)
                    ]
    assert not wrong, "\n".join(wrong)


def _told(who: str, said: str, asked: str) -> list[str]:
    """What is said of pages that this person may not know of; what was asked may be repeated."""
    said, hidden = said.lower(), [page for page in PATHS if not _may_know_of(who, page)]
    secrets = [word for page in hidden for word in (WORDS[page], PLACES[page])]
    return [
        said[max(0, said.index(word) - 60) :][:100].replace("\n", " ")
        for word in secrets
        if word in said and word not in asked
    ]


def _may_know_of(who: str, page: str) -> bool:
    return who in READERS[page] or (page == "deleted" and who in RESTORERS)


# Lists, each with what a page is called in it, and whether deleted pages are for their restorers.
LISTS = {
    "/pages": ("{word}t", False),
    "/kinds/concept": ("{word}t", False),
    "/tags/": ("{word}g", False),
    "/files/": ("{word}f.png", False),
    "/talk/": ("{word}c", False),
    "/changes": ("{word}t", True),
    "/users/selam": ("{word}t", True),
    "/proposals": ("{word}q", True),
    "/changes.atom": ("{word}t", False),
    "/search?q=kind:concept": ("{word}t", False),
    "/search?q=kind:concept&sort=date": ("{word}t", False),
    "/search?q=tremolo": ("{word}t", False),
    "/search/old?q=antiquated": ("{word}t", False),
    "/links/public/quince": ("{word}t", False),
    "/wiki/public/quince": ("/wiki/{path}", False),  # where its links lead
    "/api/v1/pages?kind=concept": ("{word}t", False),
    "/api/v1/files": ("{word}f.png", False),
    "/api/v1/threads": ("{word}c", False),
    "/api/v1/proposals": ("{word}q", True),
    "/api/v1/tags": ("{word}g", False),
    "/api/v1/changes": ("{word}t", True),
    "/api/v1/search?q=tremolo": ("{word}t", False),
    "/api/v1/backlinks?page=public/quince": ("{word}t", False),
    "/api/v1/pages/public/quince?html=true": ("/wiki/{path}", False),
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_lists_show_all_that_somebody_may_see_and_nothing_else(world: World, who: str) -> None:
    for address, (name, has_deleted) in LISTS.items():
        said = world.people[who].get(address).text.lower()
        for page, path in PATHS.items():
            is_shown = name.format(word=WORDS[page], path=path) in said
            is_listed = who in READERS[page] or (has_deleted and _may_know_of(who, page))
            if page == "public" and "public/quince" in address:
                continue  # the page itself
            assert is_shown == is_listed, f"{page} at {address} for {who}"


# A page that is hidden from each of them, or deleted.
HIDDEN_FROM = {
    STRANGER: "members",
    READER: "deleted",
    LEARNER: "hidden",
    MENTOR: "group",
}
BY_RULE = (LEARNER, MENTOR)  # who meet nothing but ranks and groups
# Which texts hold a word is asked of the index, of which everybody then sees their part.
ASKS_INDEX = ("search.", "api.search_pages", "api.suggest")


@pytest.mark.parametrize("who", HIDDEN_FROM)
def test_a_hidden_page_answers_as_a_missing_one(world: World, who: str) -> None:
    """By the same words and headers, after the same statements and as much work."""
    page, differing, count = HIDDEN_FROM[who], [], 0
    with nothing_written(world.app):
        for rule in world.app.url_map.iter_rules():
            for method in methods_of(rule):
                if not _is_asked_by(who, rule, method):
                    continue
                # A former path, too, whose redirect leads to the page.
                places = ("", "former") if "path" in rule.arguments else ("",)
                *hidden, missing = (
                    request_for(world, rule, method, who, page, place=place)
                    for place in (*places, NO_PLACE)
                )
                if hidden[0].address == missing.address and hidden[0].options == missing.options:
                    continue
                count += 1
                leeway = 0.15 if rule.endpoint.startswith(ASKS_INDEX) else 0.02
                expected = _observed(world, missing)
                for asked in hidden:
                    if difference := _difference(world, asked, missing, expected, leeway):
                        differing.append(f"{method} {asked.address} {difference}")
    assert count > 50
    assert not differing, "\n".join(differing)


def _is_asked_by(who: str, rule: Rule, method: str) -> bool:
    """Whom rules keep out share the routes among them."""
    turn = BY_RULE[_number_of(rule.endpoint, method) % len(BY_RULE)]
    return EXHAUSTIVE or who not in BY_RULE or who == turn


# What is answered, the statements, and how many functions were called.
Observed = tuple[str, list[str], int]


def _difference(
    world: World, hidden: Asked, missing: Asked, expected: Observed, leeway: float
) -> str:
    """Between the answers. What is kept is filled at first: work is compared a few times."""
    for number in range(TRIES):
        other_said, other_sent, other_calls = _observed(world, missing) if number else expected
        said, sent, calls = _observed(world, hidden)
        if said != other_said:
            found = "says\n" + "\n".join(
                unified_diff(other_said.split("\n"), said.split("\n"), n=0)
            )
        elif sent != other_sent:
            found = "asks\n" + "\n".join(unified_diff(other_sent, sent, n=0))
        elif abs(calls - other_calls) > leeway * other_calls:
            found = f"works {calls / other_calls - 1:+.1%}"
        else:
            return ""
    return found


TRIES = 4
# What is made anew for each answer, and numbers of different lengths in an address.
_RANDOM = re.compile(
    r'name="(csrf_token|draft_key)"[^>]* value="[^"]*"|Content-Length: \d+|nexus_session=[^;]*'
)


def _observed(world: World, asked: Asked) -> Observed:
    """What is seen of an answer, without the names of what it is for."""
    try:
        with statements(world.app) as sent, counted_calls() as calls:
            answer = asked.send(world)
            text = answer.get_data().decode(errors="replace")
            answer.close()
    except Written:
        return "written", sent, calls[0]
    said = _RANDOM.sub("", f"{answer.status}\n{answer.headers}\n{text}")
    for address in (asked.address, quote(asked.address), quote(asked.address, safe="")):
        said = said.replace(address, "ADDRESS")
    for spelled in (str.lower, str.capitalize):
        said = said.replace(spelled(asked.place), "PLACE").replace(spelled(asked.word), "WORD")
    return said, sent, calls[0]
