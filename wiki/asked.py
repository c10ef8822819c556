"""What a request asks for, within what a database can be asked for."""

from flask import Flask, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter, Map

HIGHEST = 2**31 - 1  # what an id's column holds on PostgreSQL


class IdConverter(IntegerConverter):
    """An id in an address; a number that none can be is an address that leads nowhere."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=HIGHEST)


def init_app(app: Flask) -> None:
    app.url_map.converters["id"] = IdConverter
    app.before_request(refuse_nul)


def refuse_nul() -> None:
    """Nothing has NUL in its name, and PostgreSQL refuses to be asked for it.

    In a query string it reads U+FFFD, as bytes do that are no text.
    """
    if "\x00" in request.path:
        raise NotFound
    if b"%00" in request.query_string or b"\x00" in request.query_string:
        asked = request.args.items(multi=True)
        request.args = ImmutableMultiDict((_clean(name), _clean(value)) for name, value in asked)


def _clean(text: str) -> str:
    return text.replace("\x00", "\ufffd")
