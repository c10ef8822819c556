"""What the matrix asks: any route, by anybody, for a page of the world or one that is missing."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from cProfile import Profile
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.access.matrix_world import PATHS, PLACES, WORDS, World
from tests.access.sent_values import BODIES, HEADS, QUESTIONS, SENT, UNTRIED, UPLOADED
from tests.routes import VALUES, method_of
from wiki.database import db

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
# What is nowhere, as long as what stands in its place for a page that is there.
NO_PLACE, NO_WORD, NO_ID = "feijoa", "qwoxzi", 99


@dataclass(frozen=True)
class Asked:
    """A request: `options` are those of the test client; `place` and `word` name what it is for."""

    place: str
    word: str
    who: str
    method: str
    address: str
    of_program: bool
    options: Mapping[str, Any] = field(default_factory=dict)

    def send(self, world: World) -> TestResponse:
        person: Any = world.app.test_client() if self.of_program else world.people[self.who]
        answer: TestResponse = person.open(self.address, method=self.method, **self.options)
        return answer


class Written(Exception):
    """A request came as far as writing."""


@contextmanager
def nothing_written(app: Flask) -> Iterator[None]:
    """Whatever would be written raises `Written` instead."""

    def stop(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            raise Written

    with _listening(app, stop):
        yield


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    with _listening(app, note):
        yield seen


@contextmanager
def _listening(app: Flask, listener: Any) -> Iterator[None]:
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", listener)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", listener)


@contextmanager
def counted_calls() -> Iterator[list[int]]:
    """How many functions of Python are called meanwhile: work, whatever else the machine does."""
    count = [0]
    profiler = Profile(builtins=False)  # counts in C, at little cost
    profiler.enable()
    try:
        yield count
    finally:
        profiler.disable()
        count[0] = sum(entry.callcount for entry in profiler.getstats())


def methods_of(rule: Rule) -> list[str]:
    """Those of a rule that are tried."""
    untried = UNTRIED.get(rule.endpoint, set())
    return [name for name in METHODS if name in (rule.methods or ()) and name not in untried]


def request_for(
    world: World, rule: Rule, method: str, who: str, page: str, *, place: str = ""
) -> Asked:
    """What `who` sends for a page of the world: by its path, or one that ends in `place`.

    With `NO_PLACE`, it is for what is missing, not only by its path.
    """
    place, is_missing = place or PLACES[page], place == NO_PLACE
    word = NO_WORD if is_missing else WORDS[page]
    path = PATHS[page].replace(PLACES[page], place)
    values = {**VALUES, "path": path, "tag": f"{word}g", "name": f"{word}f.png"}
    for name, ids in (
        ("file_id", world.file_ids),
        ("thread_id", world.thread_ids),
        ("comment_id", world.comment_ids),
        ("proposal_id", world.proposal_ids),
    ):
        values[name] = NO_ID if is_missing else ids[page]
    values["draft_id"] = world.draft_ids.get((who, page), 10_000)
    with world.app.test_request_context():
        adapter = world.app.create_url_adapter(None) or world.app.url_map.bind("localhost")
        wanted = {name: values[name] for name in rule.arguments}
        address = adapter.build(rule.endpoint, wanted, method=method_of(rule))
    endpoint, told = rule.endpoint, {"path": path, "page": page, "word": word}
    of_program = endpoint.startswith(("api.", "graphql."))
    if of_program or method == "GET":
        address += QUESTIONS.get(endpoint, "").format(**told)
    if of_program:
        options = _sent_by_program(world, endpoint, method, who, told)
    elif method == "GET":
        options = {}
    else:
        sent = {name: text.format(**told) for name, text in SENT.get(endpoint, {}).items()}
        options = {"data": {"csrf_token": world.tokens.get(who, ""), **sent}}
    return Asked(place, word, who, method, address, of_program, options)


def _sent_by_program(
    world: World, endpoint: str, method: str, who: str, told: Mapping[str, str]
) -> dict[str, Any]:
    page_id = str(world.page_ids[told["page"]])
    headers = {name: text.format(id=page_id) for name, text in HEADS.get(endpoint, {}).items()}
    if who in world.api_tokens:
        headers["Authorization"] = f"Bearer {world.api_tokens[who]}"
    if method == "POST" and endpoint in UPLOADED:
        data = {name: text.format(**told) for name, text in UPLOADED[endpoint].items()}
        return {"headers": headers, "data": data, "content_type": "multipart/form-data"}
    if method in ("POST", "PATCH", "PUT"):
        body = json.dumps(BODIES.get(endpoint, {})).replace("PATH", told["path"])
        data_sent = body.replace("PAGE", told["page"])
        return {"headers": headers, "data": data_sent, "content_type": "application/json"}
    return {"headers": headers}
