"""Reading what a request asks for: numbers within what a database can hold, and the media type."""

from collections.abc import Iterable

from flask import request
from werkzeug.routing import IntegerConverter, Map

MAX_ID = 2**31 - 1  # what the column of an id holds on PostgreSQL


class IdConverter(IntegerConverter):
    """An id in a URL; a larger number matches no route."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=MAX_ID)


def parse_number(text: str | None, highest: int = MAX_ID) -> int | None:
    """The whole number from 0 to `highest` that `text` is in ASCII digits; `None` for all else."""
    if not text or not (text.isascii() and text.isdecimal()) or len(text) > len(str(highest)):
        return None
    number = int(text)
    return number if number <= highest else None


def parse_numbers(texts: Iterable[str]) -> list[int]:
    """Those of `texts` that `parse_number` reads."""
    return [number for text in texts if (number := parse_number(text)) is not None]


def prefers_json() -> bool:
    """Whether the client accepts JSON rather than HTML."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]
