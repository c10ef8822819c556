"""What a request asks for, within what a database can be asked for."""

import codecs
from typing import IO, Any
from urllib.parse import parse_qsl, unquote_to_bytes

from flask import Flask, Request, request
from werkzeug.datastructures import Headers, ImmutableMultiDict
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.formparser import FormDataParser, MultiPartParser
from werkzeug.routing import IntegerConverter, Map

HIGHEST = 2**31 - 1  # what an id's column holds on PostgreSQL


class IdConverter(IntegerConverter):
    """An id in an address; a number that none can be is an address that leads nowhere."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=HIGHEST)


def parse_number(value: str | None, max_digits: int = 9) -> int | None:
    """The number, 0 or more, that `value` writes in ASCII digits; `None` for anything else."""
    if value and value.isascii() and value.isdecimal() and len(value) <= max_digits:
        return int(value)
    return None


class NoText(BadRequest):
    """Bytes that are no UTF-8, where text belongs."""


def _strictly(data: Any, _errors: str = "strict") -> tuple[str, int]:
    try:
        return codecs.utf_8_decode(bytes(data), "strict", True)
    except UnicodeDecodeError as error:
        raise NoText from error


# Werkzeug decodes the fields of a form with files as it is told, and puts signs for what it can't.
_STRICT = "nexus_strict_utf_8"
codecs.register(
    lambda name: (
        codecs.CodecInfo(codecs.utf_8_encode, _strictly, name=_STRICT) if name == _STRICT else None
    )
)


class TextParts(MultiPartParser):
    def get_part_charset(self, headers: Headers) -> str:
        charset = super().get_part_charset(headers)
        return _STRICT if charset == "utf-8" else charset


class TextForms(FormDataParser):
    """Reads forms, and nothing that is no text. Raises `NoText`."""

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Any:
        try:
            items = parse_qsl(stream.read().decode(), keep_blank_values=True, errors="strict")
        except UnicodeDecodeError as error:
            raise NoText from error
        return stream, self.cls(items), self.cls()

    def _parse_multipart(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Any:
        parser = TextParts(
            stream_factory=self.stream_factory,
            max_form_memory_size=self.max_form_memory_size,
            max_form_parts=self.max_form_parts,
            cls=self.cls,
        )
        boundary = options.get("boundary", "").encode("ascii")
        if not boundary:
            raise ValueError("a form with files and without a boundary")
        return stream, *parser.parse(stream, boundary, content_length)


class TextRequest(Request):
    form_data_parser_class = TextForms


def init_app(app: Flask) -> None:
    app.request_class = TextRequest
    app.url_map.converters["id"] = IdConverter
    app.before_request(refuse_nul)


def refuse_nul() -> None:
    """Nothing has NUL in its name, and PostgreSQL refuses to be asked for it: in a query string
    it reads U+FFFD. What is no text there is refused. Raises `NoText`.
    """
    if "\x00" in request.path:
        raise NotFound
    try:
        unquote_to_bytes(request.query_string).decode()
    except UnicodeDecodeError as error:
        raise NoText from error
    if b"%00" in request.query_string or b"\x00" in request.query_string:
        asked = request.args.items(multi=True)
        request.args = ImmutableMultiDict((_clean(name), _clean(value)) for name, value in asked)


def _clean(text: str) -> str:
    return text.replace("\x00", "\ufffd")
