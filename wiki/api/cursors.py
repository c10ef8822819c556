"""Cursors for paginated lists.

A cursor is signed together with the list and the filters that it belongs to, so a client can
neither forge one nor use it with other filters. Its contents are an implementation detail.
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
    """The `Link` header for the next part of a list. Source: RFC 8288, Web Linking."""
    if cursor is None:
        return {}
    query = {**request.args.to_dict(flat=False), "cursor": [cursor]}
    return {"Link": f'<{request.base_url}?{urlencode(query, doseq=True)}>; rel="next"'}


def read_cursor(query: ListQuery) -> Any:
    """The position that `make_cursor` stored; `None` at the beginning of a list.

    Raises `Problem` (400) if the cursor was made for another list or other filters.
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
    """A cursor for this list that continues at `place`, which is any JSON value."""
    return str(_serializer().dumps([_list_name(query), place]))


def part_by_offset(
    query: ListQuery, load: Callable[[int, int], Sequence[Item]]
) -> tuple[Sequence[Item], str | None]:
    """One part of a list, and the cursor of the next part or `None`.

    `load` takes the number of items to skip and how many to load. An item that changes its
    position between two requests may be returned twice or not at all.
    """
    offset = read_cursor(query) or 0
    found = load(offset, query.limit + 1)
    if len(found) <= query.limit:
        return found, None
    return found[: query.limit], make_cursor(query, offset + query.limit)


def part_by_place(
    query: ListQuery, found: Sequence[Item], place_of: Callable[[Item], Any]
) -> tuple[Sequence[Item], str | None]:
    """One part of a list that was loaded from `read_cursor(query)` on, and the next cursor or
    `None`.

    `found` holds up to one item more than `query.limit`. `place_of` gives the position to store
    for the last item that is returned.
    """
    if len(found) <= query.limit:
        return found, None
    shown = found[: query.limit]
    return shown, make_cursor(query, place_of(shown[-1]))


def _list_name(query: ListQuery) -> str:
    """A short hash of the list and its filters."""
    filters: Mapping[str, Any] = query.model_dump(mode="json", exclude={"cursor", "limit"})
    return sha256(repr((request.path, sorted(filters.items()))).encode()).hexdigest()[:12]


def _serializer() -> URLSafeSerializer:
    settings = current_settings()
    keys = [*settings.former_secret_keys, settings.secret_key]
    return URLSafeSerializer(keys, salt="api-cursor")
