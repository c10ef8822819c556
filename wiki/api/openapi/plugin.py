"""How spectree reads requests and writes responses: strictly, and with problems as errors."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, current_app, make_response, request
from pydantic import BaseModel, ValidationError
from spectree.plugins.base import Context
from spectree.plugins.flask_plugin import FlaskPlugin
from spectree.plugins.werkzeug_utils import flask_response_unpack, werkzeug_parse_rule

from wiki.web.programs.problems import Problem
from wiki.web.request_values import MAX_ID
from wiki.web.strict_utf8 import NotUTF8

MAX_ERRORS = 20  # invalid parts of a body that a response lists
JSON = "application/json"
# Schemas of path parameters, by URL converter.
_PLACES: Mapping[str, Mapping[str, Any]] = {
    "wikipath": {"type": "string", "minLength": 1},
    "id": {"type": "integer", "minimum": 0, "maximum": MAX_ID},
}


class StrictPlugin(FlaskPlugin):
    """Validates with pydantic and turns its messages into problems (RFC 9457)."""

    def request_validation(  # noqa: PLR0917  # as its base has it
        self, request: Any, query: Any, json: Any, form: Any, headers: Any, cookies: Any
    ) -> None:
        """Validate the query and the body. Raises `Problem` (400, 415, 422) and `NotUTF8`."""
        request.context = Context(
            _read_query(query) if query else None, _read_body(json) if json else None, *[None] * 3
        )

    def validate_response(
        self, resp: Any, resp_model: Any, skip_validation: bool, force_resp_serialize: bool
    ) -> tuple[Response, None]:
        """Turn a model into JSON; it was validated when it was created."""
        payload, status, headers = flask_response_unpack(resp)
        if isinstance(payload, BaseModel):
            made = payload.model_dump_json(by_alias=True)
            payload = current_app.response_class(made, mimetype=JSON)
            return make_response(payload, status, headers), None
        return make_response(payload), None

    def parse_path(
        self, route: Any, path_parameter_descriptions: Mapping[str, str] | None
    ) -> tuple[str, list[Any]]:
        path, parameters = super().parse_path(route, path_parameter_descriptions)
        converters = {name: kind for kind, _, name in werkzeug_parse_rule(str(route)) if kind}
        for each in parameters:
            known = _PLACES.get(converters[each["name"]])
            each["schema"] = dict(known) if known else each["schema"]
        return path, parameters


def _read_query(model: type[BaseModel]) -> BaseModel:
    asked: dict[str, Any] = {}
    for name, values in request.args.lists():
        known = _field(model, name)
        is_list = known is not None and "list" in str(known.annotation)
        if len(values) > 1 and not is_list:
            raise Problem(400, "Invalid query", f"`{name}` is given more than once.", kind="query")
        # Forms send empty fields; they count as missing.
        if any(values):
            asked[name] = values if is_list else values[0]
    try:
        return model.model_validate(asked)
    except ValidationError as error:
        raise Problem(400, "Invalid query", errors=_parts(error), kind="query") from error


def _field(model: type[BaseModel], name: str) -> Any:
    return next(
        (field for key, field in model.model_fields.items() if name in (key, field.alias)), None
    )


def _read_body(model: type[BaseModel]) -> BaseModel:
    if request.mimetype != JSON:
        raise Problem(
            415, "", f"Send the body as {JSON}.", kind="body", headers={"Accept-Post": JSON}
        )
    sent = request.get_data()
    try:
        sent.decode()
    except UnicodeDecodeError as error:
        raise NotUTF8 from error
    try:
        return model.model_validate_json(sent)
    except ValidationError as error:
        if error.errors(include_url=False)[0]["type"] == "json_invalid":
            raise Problem(400, "Not JSON", _message(error), kind="body") from error
        raise Problem(422, "Invalid body", errors=_parts(error), kind="body") from error


def _message(error: ValidationError) -> str:
    return str(error.errors(include_url=False, include_input=False)[0]["msg"])


def _parts(error: ValidationError) -> list[dict[str, str]]:
    """The invalid parts, without the values sent, which may be secret or huge."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return [{"where": _place(each["loc"]), "message": each["msg"]} for each in found[:MAX_ERRORS]]


def _place(parts: Iterable[int | str]) -> str:
    # An unknown name is repeated as it was sent, and may be anything.
    words = (str(part).encode("utf-8", "replace").decode()[:100] for part in parts)
    return ".".join(words)
