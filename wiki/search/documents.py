"""The searchable contents of a page, and its terms with their weights."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, NamedTuple

from wiki.search.analysis.analyzer import MAX_TERM_LENGTH, is_stop_word, tokenize, words_in
from wiki.search.analysis.folding import fold

# Weights of an occurrence by field, relative to running text. The title says what the page is
# about, tags and headings what a part of it is about; code repeats its names, so it weighs the same
# as text.
TITLE_WEIGHT = 6.0
TAG_WEIGHT = 4.0
HEADING_WEIGHT = 2.5
CODE_WEIGHT = 1.0
BODY_WEIGHT = 1.0
# Names and texts of attached files: a word counts once, however often it occurs, so that pages that
# contain it themselves come first.
ATTACHED_WEIGHT = 0.3
# Other names of a page weigh like titles for those who know it by them; the summary says in a
# sentence what the page is about.
NAME_WEIGHT = 6.0
SUMMARY_WEIGHT = 2.5
# The additional weight of a page's first words, which usually say what it is about; like
# `opening_text` in MediaWiki's CirrusSearch.
OPENING_WORDS, OPENING_LENGTH = 40, 320  # at most; the characters for scripts without spaces
OPENING_WEIGHT = 1.0
MIN_WEIGHT = 0.1  # of a term, however much is subtracted

MAX_LINK_WORDS = 12  # of a link's text that are indexed; longer texts are sentences
NAME_HASH_BYTES = 8

OBSOLETE = "obsolete"  # beside the status of a page that is kept, but no longer right
ORDINARY_KIND = "page"  # the kind of ordinary pages
MAX_KEY_LENGTH = 250  # characters of a title that are compared
TITLE_POSITIONS = 512  # positions reserved for the title and other names
NAME_GAP = 16  # positions between two of them
POSITION_GAP = 64  # positions between two parts of a page, so that no phrase spans both


class LinkText(NamedTuple):
    """The text of a link, and the path or title of the page that it leads to."""

    target: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A page as it is searched, in plain text."""

    page_id: int
    revision_number: int
    path: str
    title: str
    headings: tuple[str, ...]
    tags: tuple[str, ...]
    kind: str
    status: str
    author: str
    code: str
    body: str
    updated_at: datetime
    attached: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()  # values of the fields of its kind
    labels: tuple[str, ...] = ()  # the same as `field_label` writes them, for filters
    choices: tuple[str, ...] = ()  # those of `labels` that are facets
    is_obsolete: bool = False
    links: tuple[str, ...] = ()  # paths and titles of pages that it links to
    link_texts: tuple[LinkText, ...] = ()  # of all links to pages, with repetitions
    names: tuple[str, ...] = ()  # its other names
    former_names: tuple[str, ...] = ()  # paths and titles that redirect to it
    summary: str = ""


class FoundPage(NamedTuple):
    """A page as search results show it; `sections` are tuples `(id, heading, text)`.

    `counts` are numbers that other features provide by name, such as the votes of a challenge.
    """

    id: int
    title: str
    path: str
    kind: str
    status: str | None
    updated_at: datetime
    tags: Sequence[str]
    sections: Sequence[Sequence[str]]
    counts: Mapping[str, int] = MappingProxyType({})


class SuggestedPage(NamedTuple):
    """A page as suggestions show it."""

    title: str
    path: str
    kind: str


class DocumentTerms:
    """The terms of one document: their weights, summed over all fields, and their positions."""

    __slots__ = ("length", "postings", "words")

    def __init__(self) -> None:
        self.postings: dict[str, Any] = {}  # [weight, places] by term
        self.words: set[str] = set()
        self.length = 0  # in words, over all parts; for the length normalisation of BM25

    def add(self, text: str, weight: float, place: int, *, is_beside: bool = False) -> int:
        """Add a part that begins at position `place`; returns the first position after it.

        With `is_beside` (attachments), it adds neither to the length nor to the weights of terms
        that are already known.
        """
        postings, words = self.postings, self.words
        begin = place
        for terms, written, width, *_ in tokenize(text):
            for term, offset, _ in terms:
                known = postings.get(term)
                if known is None:
                    postings[term] = [weight, [place + offset]]
                else:
                    known[0] += 0 if is_beside else weight
                    known[1].append(place + offset)
            words.update(written)
            place += width
        self.length += 0 if is_beside else place - begin
        return place

    def reweigh(self, text: str, weight: float) -> None:
        """Add `weight`, possibly negative, to each word of a text that has been added before."""
        for terms, *_ in tokenize(text):
            for term, _offset, _is_part in terms:
                if known := self.postings.get(term):
                    known[0] = max(known[0] + weight, MIN_WEIGHT)


def document_terms(document: Document) -> DocumentTerms:
    """All terms by which a document is found.

    As in BM25F, the weights of a term are summed over all fields before saturation. S. Robertson,
    H. Zaragoza, M. Taylor, "Simple BM25 Extension to Multiple Weighted Fields", CIKM 2004.
    """
    content = DocumentTerms()
    place = content.add(document.title, TITLE_WEIGHT, 0) + NAME_GAP
    for name in document.names:
        if place < TITLE_POSITIONS - NAME_GAP:
            place = content.add(name, NAME_WEIGHT, place) + NAME_GAP
    place = max(TITLE_POSITIONS, place)
    for weight, texts in (
        (TAG_WEIGHT, document.tags),
        (HEADING_WEIGHT, document.headings),
        (SUMMARY_WEIGHT, (document.summary,)),
        (BODY_WEIGHT, (*document.fields, document.body)),
        (CODE_WEIGHT, (document.code,)),
    ):
        for text in texts:
            place = content.add(text, weight, place) + POSITION_GAP
    if document.kind != ORDINARY_KIND:
        # People search for a project or a challenge by that word, which its text may lack.
        place = content.add(document.kind, TAG_WEIGHT, place, is_beside=True) + POSITION_GAP
    for text in document.attached:
        place = content.add(text, ATTACHED_WEIGHT, place, is_beside=True) + POSITION_GAP
    share = _link_share(document, content)
    content.reweigh(_opening(document.body), (1 - share) * OPENING_WEIGHT)
    _discount_links(document, content, share)
    return content


_OPENING = re.compile(rf"\s*+(?:\S++\s*+){{0,{OPENING_WORDS}}}+")


def _opening(body: str) -> str:
    """The first words of a text."""
    found = _OPENING.match(body, 0, OPENING_LENGTH)
    return found.group() if found else ""


def _link_share(document: Document, content: DocumentTerms) -> float:
    """The share (0 to 1) of a page's words that are in links; nearly 1 for overviews."""
    words = sum(width for link in document.link_texts for _, _, width, *_ in tokenize(link.text))
    return min(words / max(content.length, 1), 1.0)


def _discount_links(document: Document, content: DocumentTerms, share: float) -> None:
    """Lower the weight of words in links, the more so the higher the `share` of such words is.

    The links of an overview are about other pages; a link in a sentence is part of the sentence.
    """
    for link in document.link_texts:
        # Squared, so that little is subtracted for an ordinary text with some links.
        content.reweigh(link.text, -share * share * BODY_WEIGHT)


def link_terms(link_texts: Iterable[LinkText]) -> set[bytes]:
    """The terms of link texts, each with a separator and the hash of the name it leads to.

    By these, a page is found by the words of other pages that link to it.
    """
    found: set[bytes] = set()
    for target, text in link_texts:
        tokens = list(tokenize(text))
        if len(tokens) > MAX_LINK_WORDS:
            continue
        hash_ = name_hash(target)
        for terms, words, *_ in tokens:
            if not (len(words) == 1 and is_stop_word(*words)):
                found.update(link_prefix(term.text).encode() + hash_ for term in terms)
    return found


def link_prefix(term: str) -> str:
    """The common prefix of the link terms for `term`."""
    return f"{term}\x1f"


@lru_cache(maxsize=10_000)
def name_hash(name: str) -> bytes:
    """The hash of a path or title: `NAME_HASH_BYTES` bytes, the first an ASCII letter."""
    digest = blake2b(path_filter_key(name).encode(), digest_size=NAME_HASH_BYTES).digest()
    return bytes([digest[0] & 0x7F]) + digest[1:]


def title_key(title: str) -> str:
    """The form of a title that is compared for exact matches."""
    return " ".join(fold(title).split())[:MAX_KEY_LENGTH]


# Characters that separate the words of a name, and may be left out.
_BETWEEN = re.compile(r"""[\s_\-/:.,;?!()\[\]'’"“”]+""")


def letters_key(name: str) -> str:
    """The letters of a title alone: equal for `CI/CD`, `ci-cd` and `cicd`."""
    return _BETWEEN.sub("", fold(name))[:MAX_KEY_LENGTH]


# The words, abbreviations and numbers of a name; each has an initial.
_NAME_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|\d+")
MIN_INITIALS = 2


def initials(name: str) -> set[str]:
    """The abbreviations of a name: `gci` for Get-ChildItem; `iot`, `it` for Internet of Things."""
    parts = _NAME_PART.findall(name)
    kept = [part for part in parts if not is_stop_word(part.lower())]
    short = ("".join(part[0] for part in some) for some in (parts, kept))
    return {fold(each)[:MAX_TERM_LENGTH] for each in short if len(each) >= MIN_INITIALS}


def path_address_key(path: str) -> str:
    """The key of a whole path; it begins with a slash, unlike any key of a title."""
    return "/" + "/".join(map(_label, path.strip("/").split("/")))


# Quotation marks around the value of a filter are not part of it.
_LABEL_SIGNS = str.maketrans("_", " ", '"“”')


def label_key(label: str) -> str:
    """The form of a tag, kind, status or author that filters compare."""
    return _label(label)[:MAX_TERM_LENGTH]


def field_label(name: str, value: str) -> str:
    """The form of a field's value that filters compare: `versions=django-5.2`."""
    return label_key(f"{name}={value}")


def _label(label: str) -> str:
    return "-".join(fold(label).translate(_LABEL_SIGNS).split())


def ancestor_keys(path: str) -> list[str]:
    """A path and all of its ancestors: `a`, `a/b` and `a/b/c` for `a/b/c`."""
    steps = path_filter_key(path).split("/")
    return ["/".join(steps[:count]) for count in range(1, len(steps) + 1)]


@lru_cache(maxsize=10_000)
def path_filter_key(path: str) -> str:
    """The form of a path that the filter `path:` compares: segment by segment, no outer slashes."""
    return "/".join(label_key(step) for step in path.strip("/").split("/"))


def unique_words(*texts: str) -> list[str]:
    """The distinct words of all texts, sorted."""
    return sorted({word for text in texts for word in words_in(text)})
