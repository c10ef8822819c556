"""Heading levels, ids and the outline."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from markdown_it.token import Token

from wiki.markup.model import Heading

_READABLE = frozenset({"text", "code_inline", "embed_link", "math_inline", "math_inline_double"})
_TEMPLATE_PREFIX = "nx-"  # begins the ids that the templates use
_NOT_IN_SLUG = re.compile(r"[^\w\- ]")
_WORD_CATEGORIES = frozenset("LM")  # letters and the marks on them: Python's `\w` excludes marks


def slug_of_heading(text: str) -> str:
    """GitHub's anchor for a heading: lower case, punctuation removed, each space a hyphen.

    Source: html-pipeline's `TableOfContentsFilter` (`/[^\\p{Word}\\- ]/`).
    """
    lowered = text.strip().lower()
    if lowered.isascii():
        return _NOT_IN_SLUG.sub("", lowered).replace(" ", "-")
    return "".join(filter(_stays, lowered)).replace(" ", "-")


def _stays(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in _WORD_CATEGORIES or category in {"Nd", "Pc"} or character in "- "


class UniqueIds:
    """Makes the ids of a page unique: `a`, `a-1`, `a-2`, as on GitHub."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def take(self, text: str) -> str:
        """A new id for a heading of this text."""
        slug = slug_of_heading(text) or "section"
        if slug.startswith(_TEMPLATE_PREFIX):
            slug = "user-" + slug
        unique = slug
        while unique in self._seen:
            self._seen[slug] += 1
            unique = f"{slug}-{self._seen[slug]}"
        self._seen[unique] = 0
        return unique


def number_headings(tokens: Sequence[Token], ids: UniqueIds) -> list[Heading]:
    """Set tag and id of every heading token; returns the outline.

    The page's title is the only h1 of the document: from the first h1 in the text on, all headings
    are lowered by one level.
    """
    outline: list[Heading] = []
    shift = 0
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            level = int(token.tag[1])
            if level == 1:
                shift = 1
            level = min(level + shift, 6)
            text = text_of_inline(tokens[position + 1])
            line = token.map[0] if token.map and token.level == 0 else -1
            heading = Heading(level, ids.take(anchor_text(tokens[position + 1])), text, line)
            token.tag = tokens[position + 2].tag = f"h{level}"
            token.attrs["id"] = heading.id
            token.meta["heading"] = heading
            outline.append(heading)
    return outline


def anchor_text(inline: Token) -> str:
    """The text of a heading from which its id is made, with emoji by name."""
    return text_of_inline(inline, lambda emoji: emoji.markup)


def text_of_inline(
    inline: Token, emoji: Callable[[Token], str] = lambda token: token.content
) -> str:
    """The readable text of an inline token, white space collapsed, pictures left out."""
    parts = []
    for child in inline.children or ():
        if child.type in _READABLE:
            parts.append(child.content)
        elif child.type == "emoji":
            parts.append(emoji(child))
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return "".join(parts).strip()
