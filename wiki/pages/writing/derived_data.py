"""Data that is derived from a page’s text and stored with it. Pure.

Deriving takes time proportional to the length of the text, so it is done before any lock is taken.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from wiki.files.names import filename_key
from wiki.letters import WORD
from wiki.markup import RENDERER_VERSION, Rendered
from wiki.naming import KEY_LIMIT, path_key
from wiki.pages.writing.file_uses import mentioned_names, used_files

UNFINISHED = "unfinished"  # instead of a renderer's version, if there was no time to render
MAX_USED_FILES = 5_000  # files recorded for one page

_WORD = re.compile(WORD)
_ASCII_WORD = re.compile(r"\w+", re.ASCII)  # equivalent for ASCII, in a third of the time


@dataclass(frozen=True, slots=True)
class Derived:
    """A rendering for storage: columns, links by target key, and files by id and by name key."""

    columns: Mapping[str, Any]
    links: Mapping[str, Mapping[str, str]]
    file_ids: frozenset[int]
    file_keys: frozenset[str]


def derive(rendered: Rendered) -> Derived:
    """The data to store for `rendered`. Never raises."""
    words = _ASCII_WORD if rendered.plain.isascii() else _WORD
    keys = {filename_key(name) for name in mentioned_names(rendered.slotted)}
    return Derived(
        columns={
            "renderer": UNFINISHED if rendered.is_overloaded else RENDERER_VERSION,
            "word_count": len(words.findall(rendered.plain)),
            "outline": [[heading.level, heading.id, heading.text] for heading in rendered.outline],
            "html": rendered.slotted,
            "sections": [[part.id, part.heading, part.text] for part in rendered.sections],
            "code": rendered.code,
            "body": rendered.body,
            "is_disputed": rendered.is_disputed,
        },
        links=_links(rendered),
        file_ids=frozenset(islice(sorted(used_files(rendered.html)), MAX_USED_FILES)),
        file_keys=frozenset(islice(sorted(keys), MAX_USED_FILES)),
    )


def _links(rendered: Rendered) -> dict[str, dict[str, str]]:
    """The links of a text by target key, each target once."""
    links: dict[str, dict[str, str]] = {}
    for link in rendered.links:
        key = path_key(link.target)
        if key and len(key) <= KEY_LIMIT:
            links.setdefault(key, {"target": link.target[:KEY_LIMIT], "kind": link.kind})
    return links
