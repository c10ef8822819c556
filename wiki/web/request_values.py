"""Reads values from requests: numbers that fit into the database, and the preferred media type."""

from collections.abc import Iterable

from flask import request
from werkzeug.routing import IntegerConverter, Map

MAX_ID = 2**31 - 1  # the maximum of an id column on PostgreSQL


class IdConverter(IntegerConverter):
    """An id in a URL; a larger number matches no route."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=MAX_ID)


def parse_number(text: str | None, highest: int = MAX_ID) -> int | None:
    """The whole number from 0 to `highest` in ASCII digits; `None` for any other text."""
    if not text or not (text.isascii() and text.isdecimal()) or len(text) > len(str(highest)):
        return None
    number = int(text)
    return number if number <= highest else None


def parse_numbers(texts: Iterable[str]) -> list[int]:
    """The numbers in `texts`; texts that `parse_number` can’t read are left out."""
    return [number for text in texts if (number := parse_number(text)) is not None]


def prefers_json() -> bool:
    """Whether the client prefers JSON to HTML."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]
