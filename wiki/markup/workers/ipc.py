"""Messages between a process and its worker: a length, then JSON."""

import json
import struct
from typing import TYPE_CHECKING, Any

from wiki.markup.model import Heading, InternalLink, Rendered, Section

if TYPE_CHECKING:
    from wiki.markup.source_links import SourceLink

LENGTH_HEADER = struct.Struct(">I")
LINKS_OF = b'{"links_of": '  # begins a request for the links of a text


def pack(message: object) -> bytes:
    """Encode a message. Lone surrogates become JSON escapes."""
    body = json.dumps(message).encode("ascii")
    return LENGTH_HEADER.pack(len(body)) + body


def links_from_json(body: bytes) -> "list[SourceLink] | None":
    """Decode the worker's answer; `None` if it could not parse the text."""
    from wiki.markup.source_links import SourceLink  # noqa: PLC0415  # with the parser

    data: list[list[Any]] | None = json.loads(body)
    return None if data is None else [SourceLink(*each) for each in data]


def rendered_from_json(body: bytes) -> Rendered | None:
    """Decode the worker's answer; `None` if it could not render the text."""
    data: dict[str, Any] | None = json.loads(body)
    if data is None:
        return None
    for name, kind in (("outline", Heading), ("links", InternalLink), ("sections", Section)):
        data[name] = [kind(**each) for each in data[name]]
    lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
    return Rendered(**(data | lists))
