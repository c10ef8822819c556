"""Every address of the wiki, filled in with what a test has made."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

# What stands in an address; a new name in one is to be told here.
VALUES = {
    "kind": "concept",
    "repository": "wiki",
    "name": "wiki",
    "username": "selam",
    "filename": "css/nexus.css",
    "page_id": 1,
    "file_id": 1,
    "group_id": 1,
    "thread_id": 1,
    "comment_id": 1,
    "id": 1,
    "number": 1,
    "delivery_id": 1,
    "draft_id": 1,
    "proposal_id": 1,
    "token": "1",
    "theme": "light",
    "colour": "0f6b5c",
}


def method_of(rule: Rule) -> str:
    """One that the rule has; GET if it can."""
    methods = ("GET", "POST", "PATCH", "PUT", "DELETE")
    return next(method for method in methods if method in (rule.methods or ()))


def addresses(app: Flask, values: Mapping[str, Any]) -> Iterator[tuple[Rule, str]]:
    """Each rule with its address; `values` are a page's `path`, a `tag` and a file's `name`."""
    known = {**VALUES, **values}
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            missing = rule.arguments - known.keys()
            assert not missing, f"tell VALUES what {missing} of {rule} may be"
            filled = {name: known[name] for name in rule.arguments}
            yield rule, adapter.build(rule.endpoint, filled, method=method_of(rule))
