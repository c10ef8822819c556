"""Lists in parts: each answer has a cursor for what follows it.

A cursor says where to go on and is signed for the list and the filters that it belongs to, so that
nobody can ask for something else with it, and it stays an implementation's own affair.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import request
from itsdangerous import BadData, URLSafeSerializer

from wiki.api.schema import ListQuery
from wiki.app_state import current_settings
from wiki.web.programs.problems import Problem

Item = TypeVar("Item")


def next_headers(cursor: str | None) -> dict[str, str]:
    """The link to the rest of a list. Source: RFC 8288, Web Linking."""
    if cursor is None:
        return {}
    query = {**request.args.to_dict(flat=False), "cursor": [cursor]}
    return {"Link": f'<{request.base_url}?{urlencode(query, doseq=True)}>; rel="next"'}


def read_cursor(query: ListQuery) -> Any:
    """Where to go on, as `make_cursor` was told; `None` at the beginning.

    Raises `Problem` (400) for one that isn't of this list with these filters.
    """
    if not query.cursor:
        return None
    try:
        of, place = _serializer().loads(query.cursor)
    except (BadData, ValueError, TypeError):
        of, place = None, None
    if of != _list_name(query):
        raise Problem(
            400,
            "Invalid cursor",
            "Send `next` of an answer as it is, with the filters of that answer.",
            kind="cursor",
        )
    return place


def make_cursor(query: ListQuery, place: Any) -> str:
    """A cursor for the list that was asked for, which goes on at `place` (JSON)."""
    return str(_serializer().dumps([_list_name(query), place]))


def part_by_offset(
    query: ListQuery, load: Callable[[int, int], Sequence[Item]]
) -> tuple[Sequence[Item], str | None]:
    """The part that is asked for, and the cursor of the next one.

    `load` takes the number of items to skip and how many to load. What changes its place in the
    list meanwhile may come twice or be left out.
    """
    offset = read_cursor(query) or 0
    found = load(offset, query.limit + 1)
    if len(found) <= query.limit:
        return found, None
    return found[: query.limit], make_cursor(query, offset + query.limit)


def part_by_place(
    query: ListQuery, found: Sequence[Item], place_of: Callable[[Item], Any]
) -> tuple[Sequence[Item], str | None]:
    """The same of one item more than asked for, found after `read_cursor(query)`.

    `place_of` is what the cursor says of the last item.
    """
    if len(found) <= query.limit:
        return found, None
    shown = found[: query.limit]
    return shown, make_cursor(query, place_of(shown[-1]))


def _list_name(query: ListQuery) -> str:
    """The list and its filters, in a few letters."""
    filters: Mapping[str, Any] = query.model_dump(mode="json", exclude={"cursor", "limit"})
    return sha256(repr((request.path, sorted(filters.items()))).encode()).hexdigest()[:12]


def _serializer() -> URLSafeSerializer:
    settings = current_settings()
    keys = [*settings.former_secret_keys, settings.secret_key]
    return URLSafeSerializer(keys, salt="api-cursor")
