"""Accepts only requests with text in UTF-8 without NUL, which databases can store.

Werkzeug replaces bytes that it can’t decode; a text with such replacements must not be saved over
the old one.
"""

import codecs
from collections.abc import Iterable
from typing import IO, Any
from urllib.parse import parse_qsl, unquote_to_bytes

from flask import Flask, Request, request
from werkzeug.datastructures import Headers, ImmutableMultiDict
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.formparser import FormDataParser, MultiPartParser

from wiki.web.request_values import IdConverter


class NotUTF8(BadRequest):
    """Bytes that aren’t UTF-8 where text is expected."""


def _decode_strictly(data: Any, _errors: str = "strict") -> tuple[str, int]:
    try:
        return codecs.utf_8_decode(bytes(data), "strict", True)
    except UnicodeDecodeError as error:
        raise NotUTF8 from error


# Werkzeug takes a codec by name for the fields of a form with files, and replaces what it can't
# decode.
_STRICT_UTF8 = "nexus_strict_utf_8"


def _find_codec(name: str) -> codecs.CodecInfo | None:
    if name != _STRICT_UTF8:
        return None
    return codecs.CodecInfo(codecs.utf_8_encode, _decode_strictly, name=_STRICT_UTF8)


codecs.register(_find_codec)


class StrictMultiPartParser(MultiPartParser):
    def get_part_charset(self, headers: Headers) -> str:
        charset = super().get_part_charset(headers)
        return _STRICT_UTF8 if charset == "utf-8" else charset


class StrictFormParser(FormDataParser):
    """Parses forms, with NUL replaced by U+FFFD as in a query string. Raises `NotUTF8`."""

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Any:
        try:
            items = parse_qsl(stream.read().decode(), keep_blank_values=True, errors="strict")
        except UnicodeDecodeError as error:
            raise NotUTF8 from error
        return stream, self.cls(_without_nul(items)), self.cls()

    def _parse_multipart(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Any:
        parser = StrictMultiPartParser(
            stream_factory=self.stream_factory,
            max_form_memory_size=self.max_form_memory_size,
            max_form_parts=self.max_form_parts,
            cls=self.cls,
        )
        boundary = options.get("boundary", "").encode("ascii")
        if not boundary:
            raise ValueError("a multipart form without a boundary")
        form, files = parser.parse(stream, boundary, content_length)
        return stream, self.cls(_without_nul(form.items(multi=True))), files


class StrictRequest(Request):
    form_data_parser_class = StrictFormParser


def init_app(app: Flask) -> None:
    app.request_class = StrictRequest
    app.url_map.converters["id"] = IdConverter
    app.before_request(refuse_nul)


def refuse_nul() -> None:
    """Replace NUL in a query string by U+FFFD, and refuse it in a path; PostgreSQL rejects NUL.

    Raises `NotFound`, and `NotUTF8` for a query string that isn’t UTF-8.
    """
    if "\x00" in request.path:
        raise NotFound
    try:
        unquote_to_bytes(request.query_string).decode()
    except UnicodeDecodeError as error:
        raise NotUTF8 from error
    if b"%00" in request.query_string or b"\x00" in request.query_string:
        asked = request.args.items(multi=True)
        request.args = ImmutableMultiDict(_without_nul(asked))


def _without_nul(items: Iterable[tuple[str | None, str]]) -> list[tuple[str, str]]:
    """The items with NUL replaced, without those with an unreadable name (`None`)."""
    return [
        (name.replace("\x00", "\ufffd"), text.replace("\x00", "\ufffd"))
        for name, text in items
        if name is not None
    ]
