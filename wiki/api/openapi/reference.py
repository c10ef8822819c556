"""The API reference for people, derived from the OpenAPI document: operations by subject, with
examples.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask_babel import gettext as _
from markupsafe import Markup, escape

from wiki.i18n import Words
from wiki.i18n import lazy as _l
from wiki.web.programs.api_requests import API_ROOT

# The problem types, each with an entry in the reference.
PROBLEM_KINDS: Mapping[str, Words] = {
    "query": _l("A query parameter is unknown or has an invalid value."),
    "body": _l("The body isn’t valid; `errors` lists what is wrong, unless it isn’t JSON at all."),
    "cursor": _l("The cursor belongs to another list or to other filters."),
    "precondition": _l("`If-Match` is missing or isn’t the `ETag` of a page."),
    "conflict": _l(
        "The page has changed since the revision that you sent. `base`, `theirs` and `yours` are "
        "the three contents, `merged` is the merge, and `conflicts` are the places where it has "
        "your lines because both sides changed them."
    ),
    "stale": _l(
        "The page has changed since it was read, or since the proposal was made. Nothing was "
        "stored, and there is no merge to offer: read it again."
    ),
    "taken": _l("Another page already has this path."),
    "readers": _l("The move would change who can read the page."),
    "idempotency": _l(
        "The key was used for another request, or the first request is still in progress."
    ),
    "sign-in": _l("The name, password or code is wrong."),
    "second-factor": _l("The account uses two-factor sign-in, and `code` is missing."),
    "file": _l("The file is too large, of a type that isn’t accepted, or damaged."),
}
_TYPES: Mapping[str, Any] = {"string": "…", "integer": 1, "number": 1.0, "boolean": True}
_EXAMPLES: Mapping[str, Any] = {
    "title": "Redis",
    "text": "Keeps everything in *memory*.\n",
    "path": "concepts/redis",
    "page": "concepts/redis",
    "username": "selam",
    "tags": ["caching"],
    "kind": "concept",
    "summary": "A first version",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation, in the path, the query, a header or the body."""

    name: str
    place: str  # path, query, header or body
    type: str
    is_required: bool
    description: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the API."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[Parameter]
    example: str  # a curl command
    is_open: bool  # can be used without signing in

    @property
    def questions(self) -> list[Parameter]:
        """The parameters for a form to fill in; empty if the operation can’t be tried in a
        browser.
        """
        if not self.can_be_tried:
            return []
        return [each for each in self.parameters if each.place == "query"]

    @property
    def can_be_tried(self) -> bool:
        """Whether the reference offers a form for the operation."""
        return self.method == "GET" and "{" not in self.path


@dataclass(frozen=True, slots=True)
class ReferenceSection:
    """The operations of one subject."""

    name: str
    operations: list[Operation]


@dataclass(frozen=True, slots=True)
class FirstStep:
    """An introductory step with a command to try."""

    words: str
    command: str


def first_steps(root: str) -> list[FirstStep]:
    """How to get started with the API of the wiki at `root`, the URL of the API."""
    api = f"{root}{API_ROOT}"
    authorized = '-H "Authorization: Bearer $TOKEN"'
    change = json.dumps({"text": "…", "summary": "A better example"}, ensure_ascii=False)
    return [
        FirstStep(
            _(
                "Everything is JSON, below `%(root)s`. What everybody may read needs no token. For "
                "the rest, create an access token in your settings and send it with each request.",
                root=api,
            ),
            f"TOKEN=nexus_…\ncurl {authorized} {api}/me",
        ),
        FirstStep(
            _(
                "Lists come in parts. `next` is the cursor of the rest: send it as `cursor`, with "
                "the same filters."
            ),
            f"curl '{api}/pages?kind=concept&limit=20'",
        ),
        FirstStep(
            _(
                "To change a page, read it, and send its `ETag` in `If-Match`: if somebody has "
                "changed it meanwhile, nothing is stored, and the answer (412) offers the merge."
            ),
            f"curl -i {api}/pages/concepts/redis\n"
            f"curl -X PATCH {authorized} -H 'If-Match: \"12-3\"' \\\n"
            f"  --json '{change}' {api}/pages/concepts/redis",
        ),
    ]


def render_code_spans(text: Any) -> Markup:
    """`text` as HTML, with parts between backticks marked as code."""
    parts = str(text).split("`")
    marked = (
        Markup("<code>%s</code>") % part if i % 2 else escape(part) for i, part in enumerate(parts)
    )
    return Markup("").join(marked)


def reference_sections(document: Mapping[str, Any]) -> list[ReferenceSection]:
    """The operations by subject, in the order of the document’s tags."""
    found: dict[str, list[Operation]] = {each["name"]: [] for each in document["tags"]}
    for path, methods in document["paths"].items():
        for method, details in methods.items():
            made = _operation(document, method.upper(), path, details)
            found[details["tags"][0]].append(made)
    return [ReferenceSection(name, operations) for name, operations in found.items()]


def _operation(
    document: Mapping[str, Any], method: str, path: str, details: Mapping[str, Any]
) -> Operation:
    schemas = document["components"]["schemas"]
    body = _body(details, schemas)
    parameters = [_parameter(each) for each in details["parameters"]]
    parameters += list(_body_parameters(body)) if body else []
    root = document["servers"][0]["url"]
    return Operation(
        details["operationId"],
        method,
        path,
        details["summary"],
        details["description"],
        parameters,
        _command(method, root + path, details, body),
        {} in details["security"],
    )


def _body(details: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any] | None:
    content = details.get("requestBody", {}).get("content", {})
    for media_type in ("application/json", "multipart/form-data"):
        if media_type in content:
            schema = content[media_type]["schema"]
            return _resolved(schema, schemas)
    return None


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in schema:
        found: Mapping[str, Any] = schemas[schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _parameter(details: Mapping[str, Any]) -> Parameter:
    return Parameter(
        details["name"],
        details["in"],
        _type_of(details["schema"]),
        bool(details["required"]),
        details["description"],
        tuple(map(str, details["schema"].get("enum", ()))),
    )


def _body_parameters(body: Mapping[str, Any]) -> Iterator[Parameter]:
    needed = body.get("required", ())
    for name, schema in body.get("properties", {}).items():
        words = schema.get("description", "")
        yield Parameter(name, "body", _type_of(schema), name in needed, words)


def _type_of(schema: Mapping[str, Any]) -> str:
    """The type in a few words."""
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type_of(each) for each in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_type_of(schema['items'])}"
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    return str(schema.get("format", schema.get("type", "value")))


def _command(
    method: str, address: str, details: Mapping[str, Any], body: Mapping[str, Any] | None
) -> str:
    """A curl command for the operation, with everything it requires."""
    address = address.replace("{path}", "concepts/redis").replace("{username}", "selam")
    for each in details["parameters"]:
        address = address.replace(f"{{{each['name']}}}", "1")
    asked = [each for each in details["parameters"] if each["in"] == "query" and each["required"]]
    if asked:
        known = ((each["name"], _EXAMPLES.get(each["name"], "redis")) for each in asked)
        address += "?" + "&".join(f"{name}={quote(str(value))}" for name, value in known)
    parts = ["curl"] if method == "GET" else [f"curl -X {method}"]
    if {} not in details["security"]:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    if any(each["name"] == "If-Match" for each in details["parameters"]):
        parts.append("""-H 'If-Match: "12-3"'""")
    if "multipart/form-data" in details.get("requestBody", {}).get("content", {}):
        parts.append("-F file=@picture.png -F page=concepts/redis")
    elif body is not None:
        sent = json.dumps(dict(_sent(body)), ensure_ascii=False).replace("'", "’")
        parts.append(f"--json '{sent}'")
    parts.append(f"'{address}'" if "?" in address else address)
    return " ".join(parts) if len(parts) == 2 else " \\\n  ".join(parts)


def _sent(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The values in the example: required ones and those with an instructive example."""
    properties = body.get("properties", {})
    needed = body.get("required", ())
    for name, schema in properties.items():
        if name in needed or name in ("text", "summary"):
            yield name, _EXAMPLES.get(name, _value(schema))


def _value(schema: Mapping[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _value(schema["anyOf"][0])
    if schema.get("type") == "array":
        return []
    if schema.get("type") == "object" or "$ref" in schema:
        return {}
    return _TYPES.get(schema.get("type", ""), "…")
