"""How texts and renderings travel between a process and its worker: a length, then JSON."""

import json
import struct
from dataclasses import asdict

from wiki.markup.model import Heading, InternalLink, Rendered, Section

LENGTH_HEADER = struct.Struct(">I")


def pack(message: object) -> bytes:
    """A message as it is sent. Lone surrogates travel as JSON escapes."""
    body = json.dumps(message).encode("ascii")
    return LENGTH_HEADER.pack(len(body)) + body


def rendered_to_json(rendered: Rendered) -> dict[str, object]:
    """Plain data for `pack`."""
    return asdict(rendered)


def rendered_from_json(body: bytes) -> Rendered | None:
    """The worker's answer; `None` if it could not render the text."""
    data = json.loads(body)
    if data is None:
        return None
    return Rendered(
        slotted=data["slotted"],
        outline=tuple(Heading(**each) for each in data["outline"]),
        links=tuple(InternalLink(**each) for each in data["links"]),
        sections=tuple(Section(**each) for each in data["sections"]),
        headings=tuple(data["headings"]),
        code=data["code"],
        body=data["body"],
        plain=data["plain"],
        is_complete=data["is_complete"],
        tasks=tuple(data["tasks"]),
        is_disputed=data["is_disputed"],
    )
