"""A parsed page file with what others may link to in it."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import IO

from wiki.files.errors import FileRefused
from wiki.files.inspection.text_encoding import decode_text
from wiki.hub.markdown_file import FILE_LIMIT, MarkdownPage
from wiki.hub.trees.archive_reader import Unreadable
from wiki.letters import normalize
from wiki.markup import render
from wiki.markup.headings import slug_of_heading
from wiki.markup.links import fragment_section

_EXPORTED = b"---\ntitle: "  # the start of exported files
_OWN_ID = re.compile(r"""<[a-zA-Z][^<>]*?\s(?:id|name)=["']?([^\s"'<>]+)""")


@dataclass(frozen=True)
class PageFile:
    """What a file declares about its page."""

    source: MarkdownPage

    @cached_property
    def sections(self) -> Mapping[str, str]:
        """The wiki’s id of a section by each id that links may use; empty for the title’s own id,
        since a page starts with its title.
        """
        text = self.source.text
        outline = render(text).outline
        found = {heading.id: heading.id for heading in outline}
        for heading in outline:
            written = self.source.written_ids.get(heading.line, "")
            for name in (written, slug_of_heading(heading.text), _slug_of_mkdocs(heading.text)):
                if name:
                    found.setdefault(name, heading.id)
        for own in _OWN_ID.findall(text):
            found.setdefault(own, f"user-{own}")
        if self.source.heading:
            found.setdefault(slug_of_heading(self.source.heading), "")
            found.setdefault(_slug_of_mkdocs(self.source.heading), "")
        return found

    def section(self, fragment: str) -> str:
        """The id that `fragment` leads to; empty for the start of the page."""
        if not fragment:
            return ""
        slug = fragment_section(fragment)
        return self.sections.get(fragment, self.sections.get(slug, slug))


def text_in(stream: IO[bytes]) -> str:
    """The text of a page file in whatever encoding it has, decoded like that of uploads.

    Raises `Unreadable` (`too-long`, `not-text`, `encoding`, or whatever the stream raises).
    """
    # The size in a zip directory can't be trusted; only what is actually read counts.
    raw = stream.read(FILE_LIMIT + 1)
    if len(raw) > FILE_LIMIT:
        raise Unreadable("too-long")
    try:
        return decode_text(raw)
    except FileRefused as error:
        # Pages may contain control characters, and an export has to survive a round trip.
        if raw.startswith(_EXPORTED) and b"\0" not in raw:
            with suppress(UnicodeDecodeError):
                return raw.decode()
        raise Unreadable(error.reason) from error


def _slug_of_mkdocs(text: str) -> str:
    """A heading’s id in Python-Markdown (`toc.slugify`), which MkDocs uses."""
    plain = normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())
