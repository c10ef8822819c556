"""Generates the OpenAPI document from the operations."""

import copy
from collections.abc import Iterator
from typing import Any

from flask import url_for

from wiki.api.openapi.operation import NOTES, OperationNotes, specification
from wiki.app_state import wiki_name
from wiki.web.programs.problems import PROBLEM_TYPE

# In the order of the reference; other subjects follow alphabetically.
SUBJECTS = (
    *("Pages", "History", "Search", "Files", "Discussion", "Proposals", "Challenges", "People"),
    *("Watches", "Account", "Rules"),
)
_METHODS = ("get", "post", "patch", "put", "delete")
_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token from your settings, or the token of a session.",
    },
}
_REVISION = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The `ETag` of the page when you read it.",
}
_REPEATABLE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "A text of your choice: sent again within a day, the request is not repeated.",
}
_UPLOAD = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "contentMediaType": "application/octet-stream"},
                    "page": {"type": "string", "description": "The path of the file’s page"},
                    "replaces": {
                        "type": "integer",
                        "minimum": 1,
                        "description": "The id of the file to replace, if any",
                    },
                },
            }
        }
    },
}
_KNOWN = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The `ETag` of your copy: if it is still current, the response is 304.",
}
_RANGE = {
    "name": "Range",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The bytes that you want, such as `bytes=0-999`.",
}
# Headers that only some responses have.
_OTHER_HEADERS = {
    "Content-Range": "Which bytes these are, and of how many",
    "ETag": "What `If-Match` and `If-None-Match` take",
    "Idempotency-Replayed": "`true` if the request was done before, and this is its answer again",
    "Link": "The rest of the list, as `next`, while there is any",
    "Location": "Where what was made or changed is read",
    "Retry-After": "The seconds after which the request may be sent again",
}
_HEADERS = {
    "RateLimit": "What is left of the limit, and seconds until all of it is there again",
    "RateLimit-Policy": "The limit: requests (`q`) in a window of seconds (`w`)",
}


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document, with this wiki’s name and URL."""
    made: dict[str, Any] = copy.deepcopy(specification.spec)
    made["info"] |= {
        "title": f"{wiki_name()} API",
        "description": "Read and write this wiki. Errors are problems (RFC 9457), lists have "
        f"cursors. {url_for('api_reference.reference', _external=True)} explains it for people.",
    }
    root = url_for("hub.front", _external=True).rstrip("/")
    made["servers"] = [{"url": root}]
    made["components"]["securitySchemes"] = _SCHEMES
    made["components"]["headers"] = {
        name: {"schema": {"type": "string"}, "description": words}
        for name, words in (_HEADERS | _OTHER_HEADERS).items()
    }
    made["security"] = []
    for path in made["paths"].values():
        for each in path.values():
            _complete(each, NOTES[each["operationId"]])
    made["tags"].sort(key=lambda tag: _place(tag["name"]))
    made["paths"] = {path: _in_order(methods) for path, methods in sorted(made["paths"].items())}
    return made


def _place(subject: str) -> tuple[int, str]:
    return SUBJECTS.index(subject) if subject in SUBJECTS else len(SUBJECTS), subject


def _in_order(path: dict[str, Any]) -> dict[str, Any]:
    return {method: path[method] for method in _METHODS if method in path}


def _complete(operation: dict[str, Any], notes: OperationNotes) -> None:
    """Add what spectree doesn’t know: media types, headers, and who may use the operation."""
    if notes.takes_revision:
        operation["parameters"].append(_REVISION | {"required": notes.needs_revision})
    if notes.is_repeatable:
        operation["parameters"].append(_REPEATABLE)
    if notes.upload:
        operation["requestBody"] = _UPLOAD
    is_open = not (notes.needs or notes.is_writing)
    operation["security"] = [{}, {"token": []}] if is_open else [{"token": []}]
    if notes.is_cached:
        operation["parameters"].append(_KNOWN)
        operation["responses"]["304"] = {"description": "Not Modified"}
    if notes.has_ranges:
        operation["parameters"].append(_RANGE)
        operation["responses"]["206"] = {"description": "Partial Content", "content": {"*/*": {}}}
        operation["responses"]["416"] = operation["responses"]["404"] | {
            "description": "Range Not Satisfiable"
        }
    is_list = any(each["name"] == "cursor" for each in operation["parameters"])
    for status, answer in sorted(operation["responses"].items()):
        content = answer.get("content", {})
        if status >= "400":
            answer["content"] = {PROBLEM_TYPE: content["application/json"]}
        elif content and notes.media_type != "application/json":
            answer["content"] = {notes.media_type: {}}
        names = [*_HEADERS, *_headers_of_status(status, notes, is_list=is_list)]
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _headers_of_status(status: str, notes: OperationNotes, *, is_list: bool) -> Iterator[str]:
    """The headers that a response with this status has besides the common ones."""
    if status < "400":
        yield from notes.headers
        if is_list:
            yield "Link"
        if notes.is_repeatable:
            yield "Idempotency-Replayed"
    if status == "206":
        yield "Content-Range"
    if status in ("409", "412") and notes.takes_revision:
        yield "ETag"
    if status in ("429", "503") or (status == "409" and notes.is_repeatable):
        yield "Retry-After"
