"""Every route, for everybody, for every page: what it answers, and that it tells nothing hidden.

A route that is missing in the table of expectations fails.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests import databases, thrift
from tests.access.expectations import expected_of
from tests.access.matrix_world import (
    EVERYBODY,
    PATHS,
    PLACES,
    READERS,
    RESTORERS,
    WORDS,
    World,
    furnished,
)
from tests.access.sent_values import BODIES, HEADS, QUESTIONS, SENT, UNTRIED, UPLOADED
from tests.person import Person
from tests.routes import VALUES, method_of
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
    thrift.share_statements(app)
    yield furnished(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


class Written(Exception):
    """A request came as far as writing."""


@contextmanager
def nothing_written(app: Flask) -> Iterator[None]:
    """Whatever would be written raises `Written` instead."""

    def stop(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            raise Written

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", stop)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", stop)


def _address(world: World, rule: Rule, who: str, page: str) -> str:
    values = {
        **VALUES,
        "path": PATHS[page],
        "tag": f"{WORDS[page]}g",
        "name": f"{WORDS[page]}f.png",
        "file_id": world.file_ids[page],
        "thread_id": world.thread_ids[page],
        "comment_id": world.comment_ids[page],
        "draft_id": world.draft_ids.get((who, page), 10_000),
        "proposal_id": world.proposal_ids[page],
    }
    with world.app.test_request_context():
        adapter = world.app.create_url_adapter(None) or world.app.url_map.bind("localhost")
        wanted = {name: values[name] for name in rule.arguments}
        return adapter.build(rule.endpoint, wanted, method=method_of(rule))


def _filled(text: str, page: str) -> str:
    return text.format(path=PATHS[page], page=page, word=WORDS[page])


def _ask(world: World, rule: Rule, method: str, who: str, page: str) -> tuple[str, str, str]:
    """The outcome, what was answered, and the address."""
    address = _address(world, rule, who, page)
    person = world.people[who]
    try:
        if rule.endpoint.startswith(("api.", "graphql.")):
            address += _filled(QUESTIONS.get(rule.endpoint, ""), page)
            answer = _ask_api(world, rule.endpoint, method, address, who=who, page=page)
        elif method == "GET":
            address += _filled(QUESTIONS.get(rule.endpoint, ""), page)
            answer = person.get(address)
        else:
            sent = {name: _filled(v, page) for name, v in SENT.get(rule.endpoint, {}).items()}
            data = {"csrf_token": world.tokens.get(who, ""), **sent}
            answer = person.post(address, data=data)
    except Written:
        return "fine", "", address
    said = answer.get_data().decode(errors="replace") + str(answer.headers)
    answer.close()
    leads = answer.headers.get("Location", "")
    if answer.status_code == 401 or leads.startswith("/account/login"):
        return "sign in", said, address
    told = {403: "forbidden", 404: "missing"}
    assert answer.status_code < 500, f"{method} {address} by {who}: {answer.status}\n{said}"
    return told.get(answer.status_code, "fine"), said, address


def _ask_api(world: World, endpoint: str, method: str, address: str, **of: str) -> TestResponse:
    who, page = of["who"], of["page"]
    page_id = str(world.page_ids[page])
    headers = {name: text.format(id=page_id) for name, text in HEADS.get(endpoint, {}).items()}
    if who in world.api_tokens:
        headers["Authorization"] = f"Bearer {world.api_tokens[who]}"
    sent: dict[str, Any] = {}
    if method == "POST" and endpoint in UPLOADED:
        sent["data"] = {name: _filled(text, page) for name, text in UPLOADED[endpoint].items()}
        sent["content_type"] = "multipart/form-data"
    elif method in ("POST", "PATCH", "PUT"):
        body = json.dumps(BODIES.get(endpoint, {})).replace("PATH", PATHS[page])
        sent = {"data": body.replace("PAGE", page), "content_type": "application/json"}
    client: Any = world.app.test_client()
    answer: TestResponse = client.open(address, method=method, headers=headers, **sent)
    return answer


def _methods(rule: Rule) -> list[str]:
    untried = UNTRIED.get(rule.endpoint, set())
    return [name for name in METHODS if name in (rule.methods or ()) and name not in untried]


def _addresses_of(rule: Rule) -> list[str]:
    """The pages for which a rule is asked."""
    if rule.endpoint in ("pages.access", "pages.set_access") and not rule.arguments:
        return []  # the rule of the whole wiki, in a test of its own
    of_pages = {"path", "file_id", "tag", "thread_id", "proposal_id"}
    if rule.arguments & of_pages or rule.endpoint in (*QUESTIONS, *SENT, *BODIES, *UPLOADED):
        return list(PATHS)
    return ["public"]


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_gets_at_every_address_what_is_theirs(world: World, who: str) -> None:
    wrong = []
    with nothing_written(world.app):
        for rule in world.app.url_map.iter_rules():
            for page in _addresses_of(rule):
                for method in _methods(rule):
                    outcome, said, address = _ask(world, rule, method, who, page)
                    expected = expected_of(rule.endpoint, method, who, page)
                    if outcome != expected:
                        wrong.append(f"{method} {address}: {outcome}, not {expected}")
                    asked = address + (PATHS[page] if method != "GET" else "")
                    wrong += [
                        f"{method} {address} tells of {told}" for told in _told(who, said, asked)
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


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_hidden_page_answers_as_a_missing_one(world: World, who: str) -> None:
    """With the same status and words, after as many statements."""
    hidden = [page for page in PATHS if not _may_know_of(who, page)]
    for rule in world.app.url_map.iter_rules():
        if "path" not in rule.arguments or rule.endpoint.endswith("set_access"):
            continue
        for page in hidden:
            missing = PATHS[page].replace(PLACES[page], "nowher")
            answers = []
            for path in (PATHS[page], missing):
                address = _address(world, rule, who, page).replace(PATHS[page], path)
                with statements(world.app) as seen:
                    answer = world.people[who].get(
                        address + _filled(QUESTIONS.get(rule.endpoint, ""), page)
                    )
                said = f"{answer.status}\n{answer.headers}\n{answer.text}"
                for spelled in (str.lower, str.capitalize):
                    said = said.replace(spelled("nowher"), spelled(PLACES[page]))
                answers.append((said, len(seen)))
            assert answers[0] == answers[1], f"{page} at {rule} for {who}"


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
