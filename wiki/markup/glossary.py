"""Finds the terms that a glossary page defines, and explains them on other pages.

Both work on sanitized HTML: definitions are extracted as text and inserted as escaped text next to
the term. CSS shows the explanation while the term is hovered or has the focus, as after a tap.
"""

import re
from collections.abc import Iterable, Iterator
from html import escape, unescape
from typing import NamedTuple
from urllib.parse import quote, unquote

from wiki.letters import LETTER, WORD, is_letter, normalize
from wiki.markup.slots import LINK_SCHEME, LINK_START

TERMS_LIMIT = 1_000  # terms in all glossaries that a reader may see
EXPLANATIONS_LIMIT = 100  # terms explained on one page
MEANING_LIMIT = 300  # characters; the rest is in the glossary
_NAME_LENGTHS = range(2, 81)  # characters

_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)\b[^<>"]*(?:"[^"]*"[^<>"]*)*>')
# Elements in which no term is explained: code, links, headings, terms and the like.
_SILENT = frozenset(
    re.findall(
        r"\S+", "a abbr button code dfn dt h1 h2 h3 h4 h5 h6 kbd math pre samp summary th tt var"
    )
)
_WORD = re.compile(WORD)
_PLURAL = r"(?:e?s)?"

_DEFINED = re.compile(r'<(dt|dd)(?: id="([^"]*)")?[^<>]*>(.*?)</\1>', re.DOTALL)
# A heading without a paragraph defines nothing, and must not take that of the next heading.
_HEADED = re.compile(
    r'<h([2-6]) id="([^"]*)"[^<>]*>((?:(?!</h\1>).)*)</h\1>'
    r"(?:\s*<p[^<>]*>((?:(?!</p>).)*)</p>)?",
    re.DOTALL,
)
_NO_TEXT = re.compile(r'<(a class="anchor"|sup class="footnote-ref")[^<>]*>.*?</(?:a|sup)>')
_PAGE_LINK = re.compile(rf'{LINK_START} href="{LINK_SCHEME}([^"#]*)')
_LATER_BLOCK = re.compile(r"</p>|<(?:blockquote|details|div|dl|h[1-6]|hr|ol|pre|table|ul)\b")


class GlossaryTerm(NamedTuple):
    """A term: `name` and `meaning` are plain text; the page at `path` defines it at anchor `id`."""

    name: str
    meaning: str
    path: str
    title: str
    id: str


def terms_of(html: str, path: str, title: str) -> Iterator[GlossaryTerm]:
    """The terms that a glossary page defines; `html` is its rendering.

    They are taken from its definition lists; without any, from headings followed by a paragraph.
    """
    for id_, name, meaning in _definitions(html):
        yield from _term(id_, name, meaning, path, title)


def linked_terms(html: str) -> Iterator[tuple[str, str]]:
    """Pairs of a term and the page that its meaning links to first, by path or title."""
    for _id, name, meaning in _definitions(html):
        if link := _PAGE_LINK.search(_LATER_BLOCK.split(meaning, maxsplit=1)[0]):
            yield _text_of(name), unquote(unescape(link[1]))


def _definitions(html: str) -> Iterator[tuple[str, str, str]]:
    """Triples of the id, the HTML of the term and the HTML of its meaning."""
    term: tuple[str, str] | None = None
    has_list = False
    for found in _DEFINED.finditer(html):
        has_list = True
        if found[1] == "dt":
            term = (found[2] or "", found[3])
        elif term is not None:
            yield (*term, found[3])
            term = None  # only the first meaning is shown
    if not has_list:
        for found in _HEADED.finditer(html):
            if found[4] is not None:
                yield found[2], found[3], found[4]


def _term(id_: str, name: str, meaning: str, path: str, title: str) -> Iterator[GlossaryTerm]:
    name = normalize("NFC", _text_of(name))
    meaning = _text_of(_LATER_BLOCK.split(meaning, maxsplit=1)[0])
    if len(name) in _NAME_LENGTHS and _WORD.match(name) and meaning:
        yield GlossaryTerm(name, _cut(meaning), path, title, id_)


def _text_of(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", _NO_TEXT.sub("", html))).split())


def _cut(meaning: str) -> str:
    if len(meaning) <= MEANING_LIMIT:
        return meaning
    return meaning[:MEANING_LIMIT].rpartition(" ")[0].rstrip(" ,.;:") + " …"


class _Use(NamedTuple):
    """How to recognise a term in HTML, starting at its first word."""

    pattern: re.Pattern[str]
    term: GlossaryTerm


class Glossary:
    """Explains terms on pages. The first definition of a term counts. Thread-safe."""

    def __init__(self, terms: Iterable[GlossaryTerm] = ()) -> None:
        known: dict[str, GlossaryTerm] = {}
        for term in terms:
            if len(known) == TERMS_LIMIT:
                break
            known.setdefault(term.name, term)
        # By first word, longest term first.
        self._uses: dict[str, list[_Use]] = {}
        for term in sorted(known.values(), key=lambda term: len(term.name), reverse=True):
            use = _Use(_pattern_of(term.name), term)
            for word in _first_words(term.name):
                self._uses.setdefault(word, []).append(use)

    def explain(self, html: str, path: str = "", root: str = "") -> str:
        """Sanitized `html` of the page at `path`, with each term explained where it is first used.

        Terms that the page itself defines are left alone. A term in lower case also matches with a
        capital, any other only as written; plurals match. `root` is the path prefix of the wiki.
        """
        here = self._uses.keys() & _WORD.findall(html) if self._uses else ()
        if not here:
            return html
        return _Explainer(self._uses, path, root).explained(html, sorted(here))


class _Explainer:
    """Explains the terms on one page."""

    def __init__(self, uses: dict[str, list[_Use]], path: str, root: str) -> None:
        self._uses = uses
        self._path = path
        self._root = root
        self._explained: set[str] = set()

    def explained(self, html: str, words: list[str]) -> str:
        """`html` with the terms explained that begin with one of `words`."""
        pieces: list[str] = []
        done = passed = silent = 0
        # Tags are matched too, so that attributes are not taken for text.
        for found in re.finditer(
            rf"{_TAG.pattern}|(?<!{LETTER})(?:{'|'.join(words)})(?!{LETTER})", html
        ):
            if found[2]:
                if found[2] in _SILENT:
                    silent += -1 if found[1] else 1
            elif not silent and found.start() >= passed and (use := self._use_at(html, found)):
                term, passed = use
                if term.name not in self._explained and len(self._explained) < EXPLANATIONS_LIMIT:
                    word = html[found.start() : passed]
                    pieces += html[done : found.start()], self._mark(word, term)
                    done = passed
        return "".join((*pieces, html[done:]))

    def _use_at(self, html: str, word: re.Match[str]) -> tuple[GlossaryTerm, int] | None:
        begin = word.start()
        if html[begin - 1 : begin] in _INSIDE_NAMES:
            return None
        for use in self._uses[word[0]]:
            found = use.pattern.match(html, begin)
            if (
                found is not None
                and use.term.path != self._path
                and not _goes_on(html, found.end())
            ):
                return use.term, found.end()
        return None

    def _mark(self, word: str, term: GlossaryTerm) -> str:
        self._explained.add(term.name)
        id_ = f"nx-term-{len(self._explained)}"
        address = f"{self._root}/wiki/{quote(term.path)}"
        address += f"#{quote(term.id)}" if term.id else ""
        return (
            f'<span class="term"><span class="term-word" tabindex="0" aria-describedby="{id_}">'
            f'{word}</span><span class="term-note" dir="auto"><span role="tooltip" id="{id_}">'
            f'{escape(term.meaning)}</span> <a href="{address}">{escape(term.title)}'
            f"</a></span></span>"
        )


# A word after these is part of a file name, address, person's name or character reference.
_INSIDE_NAMES = ("@", "#", "/", ".", "&")


def _goes_on(text: str, end: int) -> bool:
    """Whether the word continues after `end`, with a letter, a combining mark, or as in `.py`."""
    following = text[end : end + 2]
    if not following:
        return False
    if is_letter(following[0]):
        return True
    return following[0] == "@" or (following[0] == "." and following[1:].isalnum())


def _pattern_of(name: str) -> re.Pattern[str]:
    """Matches `name` in HTML, also across line ends and in the plural."""
    words = [
        re.escape(escape(word, quote=False).replace('"', "&quot;")) for word in name.split(" ")
    ]
    if name[0].islower():
        words[0] = f"[{name[0]}{name[0].upper()}]{words[0][1:]}"
    return re.compile(r"\s+".join(words) + _PLURAL)


def _first_words(name: str) -> Iterator[str]:
    first = _WORD.match(name)
    word = first[0] if first else ""
    forms = [word]
    if name[0].islower():
        forms.append(word[0].upper() + word[1:])
    for form in forms:
        yield form
        if word == name:
            yield from (form + "s", form + "es")
