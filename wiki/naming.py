"""Paths, titles and the keys by which they are compared.

A path appears in the URL (`challenges/n-plus-one-queries`); its key is the case-folded path, so
that two spellings of a name are one page on every database.
"""

import re
import unicodedata

from wiki.letters import JOINERS, LETTER, LETTERS, SELECTORS, is_mark, normalize

PATH_LIMIT = 250  # characters; people should be able to paste the URL
SEGMENT_LIMIT = 100  # characters
TITLE_LIMIT = 200  # characters
KEY_LIMIT = 500  # characters; folding turns one letter into up to three

# First segments of URLs that belong to the application, not to pages.
_ROUTES = """
    access account admin api blame board challenge changes changes.atom csp-report delete diagram
    diff drafts edit erase favicon.ico files freshness groups healthz history kinds links llms.txt
    login logout members.git new offline opensearch.xml pages pictures preview print proposals
    propose raw readyz register related rename report restore robots.txt search sitemap.xml static
    tags theme tick undelete users wiki wiki.git
"""
RESERVED_ROOTS = frozenset(re.findall(r"\S+", _ROUTES))

_SEPARATORS = re.compile(r"[\s_]+")
# A mark without a letter to stand on, a joiner without one on either side, and all that is no part
# of a word.
_NOT_IN_SLUG = re.compile(
    rf"(?:[^{LETTERS}{JOINERS}.+-]|(?<![{LETTERS}{JOINERS}])(?!\w){LETTER}"
    rf"|(?<!{LETTER})[{JOINERS}]|[{JOINERS}](?!{LETTER}))+"
)
_DASHES = re.compile(r"-{2,}")
_SHARP = re.compile(rf"(?<={LETTER})#")
# Variation selectors, optionally with a keycap, as in `1️⃣`.
_DRAWN = re.compile(rf"[{SELECTORS}]\u20e3?")
# Categories that make two names look alike, or a name look empty: controls, formats
# (bidi marks, zero-width joiners at odd places), surrogates, private use, unassigned.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class NameRefused(ValueError):
    """A title or path that no page can have; `clean_title` and `clean_path` list the reasons."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_hidden(character: str) -> bool:
    """Whether `character` is a control, format, surrogate, private or unassigned code point.

    Includes U+FFFD, which replaces bytes that are no text, such as NUL.
    """
    return character == "\ufffd" or unicodedata.category(character) in _HIDDEN_CATEGORIES


def path_key(name: str) -> str:
    """The form in which paths and titles are compared: NFC, casefolded, spaces and `_` as `-`.

    Idempotent: casefolding can undo NFC, so it is normalized again.
    """
    folded = normalize("NFC", normalize("NFC", name).casefold())
    parts = (_SEPARATORS.sub("-", part.strip()) for part in folded.split("/"))
    return "/".join(part for part in parts if part)


def slug_of(title: str) -> str:
    """A path segment made from `title`; empty if no character of it can be in a URL.

    Letters keep their marks and joiners. From a title without letters, its symbols are used.
    """
    # Lower-casing a Turkish dotted capital I would result in an i with two dots.
    text = normalize("NFC", title).replace("\u0130", "i").lower().replace("/", "-")
    text = _SHARP.sub("-sharp", normalize("NFC", text))
    text = "".join(c for c in text if not is_hidden(c) or c in "\u200c\u200d")
    words = _NOT_IN_SLUG.sub("-", _SEPARATORS.sub("-", _DRAWN.sub("", text)))
    return _cut(_DASHES.sub("-", words)) or _cut("".join(filter(_is_of_symbol, text)))


def _is_of_symbol(character: str) -> bool:
    """Whether the character is part of a symbol, such as an emoji, or joins two of them."""
    return unicodedata.category(character) in {"So", "Sk", "Mn", "Cf"} and not character.isascii()


def _cut(slug: str) -> str:
    """`slug` cut to its limit, without separating letters from marks, and without punctuation at
    its ends.
    """
    end = min(len(slug), SEGMENT_LIMIT)
    while end < len(slug) and end and (is_mark(slug[end]) or slug[end] in "\u200c\u200d"):
        end -= 1
    return slug[:end].strip("-.\u200c\u200d")


def title_of_path(path: str) -> str:
    """The probable title of a page at `path`: its last segment, in words."""
    words = path.rpartition("/")[2].replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def clean_title(title: str) -> str:
    """`title` in NFC, with white space collapsed.

    Raises `NameRefused` (`empty`, `too-long`, `hidden`).
    """
    text = " ".join(normalize("NFC", title).split())
    if not text:
        raise NameRefused("empty")
    if len(text) > TITLE_LIMIT:
        raise NameRefused("too-long")
    if any(map(is_hidden, text)) and not _is_joined_script(text):
        raise NameRefused("hidden")
    return text


def _is_joined_script(text: str) -> bool:
    """Whether all hidden characters are joiners inside words, as in Persian, Hindi and emoji."""
    hidden = [i for i, c in enumerate(text) if is_hidden(c)]
    return all(
        text[i] in "\u200c\u200d"
        and 0 < i < len(text) - 1
        and not text[i - 1].isspace()
        and not text[i + 1].isspace()
        and not text[i - 1].isascii()
        for i in hidden
    )


def clean_path(path: str) -> str:
    """`path` for storage: NFC, white space as `-`, without slashes at its ends.

    Raises `NameRefused`: `empty`, `too-long`, `hidden` (control or invisible characters),
    `dots` (a segment `.` or `..`), `character` (one of `\\ ? # % [ ] | < > " { } ^` and the
    grave accent), `empty-segment`.
    """
    text = normalize("NFC", path).strip().strip("/")
    if not text:
        raise NameRefused("empty")
    if len(text) > PATH_LIMIT:
        raise NameRefused("too-long")
    if any(map(is_hidden, text)) and not _is_joined_script(text):
        raise NameRefused("hidden")
    if any(c in '\\?#%[]|<>"{}^`' for c in text):
        raise NameRefused("character")
    segments = [_SEPARATORS.sub("-", part.strip()) for part in text.split("/")]
    for segment in segments:
        if not segment:
            raise NameRefused("empty-segment")
        if len(segment) > SEGMENT_LIMIT:
            raise NameRefused("too-long")
        if set(segment) == {"."}:
            raise NameRefused("dots")
    path = "/".join(segments)
    if len(path_key(path)) > KEY_LIMIT:
        raise NameRefused("too-long")
    return path
