"""The word index of a static site, in the format that `static/site/search.js` reads."""

import json
import re
import unicodedata
from html import unescape
from textwrap import shorten

from wiki.letters import normalize

SUMMARY_LENGTH = 160  # characters

_TAG = re.compile(r"<[^<>]*>")
# Inline elements don't separate words. A superscript is usually a footnote number, so it does.
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|code|del|em|i|ins|kbd|mark|q|s|span|strong|sub|u|wbr)\b[^<>]*>"
)
# What isn't part of the text: links to sections, and explanations of glossary terms.
_BESIDE = re.compile(
    r'<a class="anchor"[^<>]*>#</a>|<span class="term-note".*?</a></span>', re.DOTALL
)
# Scripts without spaces are searched character by character.
_ALONE = re.compile(r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff])")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """Words in lower case without accents; `search.js` folds queries in the same way."""
    folded = text.lower()
    if not folded.isascii():
        decomposed = normalize("NFKD", folded)
        folded = _ALONE.sub(r" \1 ", _FOREIGN.sub(_without_marks, decomposed))
    return _WORD.findall(folded)


def _without_marks(letters: "re.Match[str]") -> str:
    return "".join(c for c in letters[0] if not unicodedata.category(c).startswith("M"))


def words_of_html(html: str) -> str:
    """The text that one reads on a page, in one line."""
    text = _TAG.sub(" ", _INLINE.sub("", _BESIDE.sub("", html)))
    return " ".join(unescape(text).split())


class SearchIndex:
    """The words of pages: for each word, page numbers as distances from the previous one."""

    def __init__(self) -> None:
        self._pages: list[tuple[str, str, str]] = []
        self._words: dict[str, list[int]] = {}

    def add(self, address: str, title: str, text: str, summary: str = "") -> None:
        number = len(self._pages)
        shown = shorten(summary or text, SUMMARY_LENGTH, placeholder="…")
        self._pages.append((address, title, shown))
        for word in sorted(set(words_of(f"{title} {text}"))):
            self._words.setdefault(word, []).append(number)

    def script(self) -> str:
        """A script that passes the index to the search."""
        words = {
            word: [after - before for before, after in zip([0, *numbers], numbers, strict=False)]
            for word, numbers in sorted(self._words.items())
        }
        index = {"pages": self._pages, "words": words}
        return f"window.wikiIndex={json.dumps(index, ensure_ascii=False, separators=(',', ':'))};\n"
