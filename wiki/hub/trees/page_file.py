"""A page file of a folder, read for what others link to in it."""

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

_EXPORTED = b"---\ntitle: "  # what the files of an export begin with
_OWN_ID = re.compile(r"""<[a-zA-Z][^<>]*?\s(?:id|name)=["']?([^\s"'<>]+)""")


@dataclass(frozen=True)
class PageFile:
    """What a file says of its page."""

    source: MarkdownPage

    @cached_property
    def sections(self) -> Mapping[str, str]:
        """The id that a section has here, by each that a link may use for it; empty for the
        title's own, since a page begins with it."""
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
        """The id to which `fragment` leads, empty for the page's beginning."""
        if not fragment:
            return ""
        slug = fragment_section(fragment)
        return self.sections.get(fragment, self.sections.get(slug, slug))


def text_in(stream: IO[bytes]) -> str:
    """The text in a page file, in whatever encoding it is; decoded like that of uploads.

    Raises `Unreadable`: `too-long`, `not-text`, `encoding`, or what the stream raises.
    """
    # The size in a zip's directory is a claim: what counts is what comes out.
    raw = stream.read(FILE_LIMIT + 1)
    if len(raw) > FILE_LIMIT:
        raise Unreadable("too-long")
    try:
        return decode_text(raw)
    except FileRefused as error:
        # Pages may have controls in them, and an export has to come back as it was.
        if raw.startswith(_EXPORTED) and b"\0" not in raw:
            with suppress(UnicodeDecodeError):
                return raw.decode()
        raise Unreadable(error.reason) from error


def _slug_of_mkdocs(text: str) -> str:
    """Python-Markdown's id of a heading, `toc.slugify`."""
    plain = normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())
