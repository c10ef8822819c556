"""What the index knows of a page, and the terms it is made of."""

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

# What one occurrence counts by where it is, relative to running text. A title says what the
# page is about, tags and headings what a part of it is about; code repeats its names, so that it
# counts as text does.
TITLE_WEIGHT = 6.0
TAG_WEIGHT = 4.0
HEADING_WEIGHT = 2.5
CODE_WEIGHT = 1.0
BODY_WEIGHT = 1.0
# Names and texts of attached files: a word counts once, however often it occurs, so that pages
# which hold it themselves come first.
ATTACHED_WEIGHT = 0.3
# Other names of a page are titles to those who know it by them; a summary says in a sentence what
# the page is about.
NAME_WEIGHT = 6.0
SUMMARY_WEIGHT = 2.5
# Of most pages the first words of the text say what they are about, as CirrusSearch of MediaWiki
# has it with `opening_text`. They weigh this much besides.
OPENING_WORDS, OPENING_LENGTH = 40, 320  # at most; the characters for scripts without spaces
OPENING_WEIGHT = 1.0
MIN_WEIGHT = 0.1  # of a term, whatever is taken from it

MAX_LINK_WORDS = 12  # of a link's text; a longer one is a sentence
NAME_HASH_BYTES = 8

OBSOLETE = "obsolete"  # beside the status of a page that is kept, but no longer right
ORDINARY_KIND = "page"  # the kind of ordinary pages
MAX_KEY_LENGTH = 250  # characters of a title that are compared
TITLE_POSITIONS = 512  # positions reserved for the title and other names
NAME_GAP = 16  # positions between two of them
POSITION_GAP = 64  # positions between two parts of a page, so that no phrase spans both


class LinkText(NamedTuple):
    """What a page calls another one that it links to, by its path or title."""

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
    fields: tuple[str, ...] = ()  # values of its kind's fields
    labels: tuple[str, ...] = ()  # the same as `field_label` writes them, for filters
    choices: tuple[str, ...] = ()  # those of `labels` that make facets
    is_obsolete: bool = False
    links: tuple[str, ...] = ()  # paths and titles of pages that it links to
    link_texts: tuple[LinkText, ...] = ()  # of all its links to pages, each as often as it occurs
    names: tuple[str, ...] = ()  # what it is also called
    former_names: tuple[str, ...] = ()  # paths and titles that lead to it
    summary: str = ""


class FoundPage(NamedTuple):
    """What a result page shows of a page; `sections` are `(id, heading, text)`.

    `counts` are what features above count of it, such as the votes of a challenge, by name.
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
    """What a suggestion shows of a page."""

    title: str
    path: str
    kind: str


class DocumentTerms:
    """The terms of one document: their weights, summed over all fields, and their positions."""

    __slots__ = ("length", "postings", "words")

    def __init__(self) -> None:
        self.postings: dict[str, Any] = {}  # [weight, places] by term
        self.words: set[str] = set()
        self.length = 0  # words of all parts; BM25 normalises by it

    def add(self, text: str, weight: float, place: int, *, is_beside: bool = False) -> int:
        """Add a part whose first word is at position `place`; the first position after it.

        With `is_beside` (attachments) it adds neither to the length nor to known terms.
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
        """Add `weight`, which may be negative, for each word of a text that was added before."""
        for terms, *_ in tokenize(text):
            for term, _offset, _is_part in terms:
                if known := self.postings.get(term):
                    known[0] = max(known[0] + weight, MIN_WEIGHT)


def document_terms(document: Document) -> DocumentTerms:
    """All terms by which a document is found.

    BM25F: one list of terms, each weighted by field and summed before saturation. S. Robertson,
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
        # People search for a project or a challenge by that word; its text needn't hold it.
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
    """The share of a page's words that are in links: nearly all in an overview."""
    words = sum(width for link in document.link_texts for _, _, width, *_ in tokenize(link.text))
    return min(words / max(content.length, 1), 1.0)


def _discount_links(document: Document, content: DocumentTerms, share: float) -> None:
    """Words in links count less, the more of the page's words are in links.

    What an overview lists is about other pages; a link in a sentence is a part of it.
    """
    for link in document.link_texts:
        # Squared: below a half it is a text that links, not an overview.
        content.reweigh(link.text, -share * share * BODY_WEIGHT)


def link_terms(link_texts: Iterable[LinkText]) -> set[bytes]:
    """Each term of the links' texts, followed by a sign and the hash of the name they lead to.

    By these a page is found in the words of those that link to it.
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
    """What the terms of links begin with whose texts hold `term`."""
    return f"{term}\x1f"


@lru_cache(maxsize=10_000)
def name_hash(name: str) -> bytes:
    """A path or a title as a hash of `NAME_HASH_BYTES`; the first is that of an ASCII letter."""
    digest = blake2b(path_filter_key(name).encode(), digest_size=NAME_HASH_BYTES).digest()
    return bytes([digest[0] & 0x7F]) + digest[1:]


def title_key(title: str) -> str:
    """A title as compared for exact matches."""
    return " ".join(fold(title).split())[:MAX_KEY_LENGTH]


# What may separate the words of a name, or be left out there.
_BETWEEN = re.compile(r"""[\s_\-/:.,;?!()\[\]'’"“”]+""")


def letters_key(name: str) -> str:
    """A title reduced to its letters: `CI/CD`, `ci-cd` and `cicd` are the same."""
    return _BETWEEN.sub("", fold(name))[:MAX_KEY_LENGTH]


# A capitalised or a small word, an abbreviation or a number in a name; each gives an initial.
_NAME_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|\d+")
MIN_INITIALS = 2


def initials(name: str) -> set[str]:
    """What abbreviates a name: `gci` Get-ChildItem, `iot` and `it` Internet of Things."""
    parts = _NAME_PART.findall(name)
    kept = [part for part in parts if not is_stop_word(part.lower())]
    short = ("".join(part[0] for part in some) for some in (parts, kept))
    return {fold(each)[:MAX_TERM_LENGTH] for each in short if len(each) >= MIN_INITIALS}


def path_address_key(path: str) -> str:
    """A whole path; it begins with a slash, as no title key does."""
    return "/" + "/".join(map(_label, path.strip("/").split("/")))


# The quotation marks around a filter's value are not part of it.
_LABEL_SIGNS = str.maketrans("_", " ", '"“”')


def label_key(label: str) -> str:
    """A tag, kind, status or author as filters compare it."""
    return _label(label)[:MAX_TERM_LENGTH]


def field_label(name: str, value: str) -> str:
    """A value of a field as filters compare it: `versions=django-5.2`."""
    return label_key(f"{name}={value}")


def _label(label: str) -> str:
    return "-".join(fold(label).translate(_LABEL_SIGNS).split())


def ancestor_keys(path: str) -> list[str]:
    """A path and all above it: `a/b/c` is in `a`, `a/b` and `a/b/c`."""
    steps = path_filter_key(path).split("/")
    return ["/".join(steps[:count]) for count in range(1, len(steps) + 1)]


@lru_cache(maxsize=10_000)
def path_filter_key(path: str) -> str:
    """A path as the filter `path:` compares it, step by step, without slashes around it."""
    return "/".join(label_key(step) for step in path.strip("/").split("/"))


def unique_words(*texts: str) -> list[str]:
    """The words of all texts, each once, sorted."""
    return sorted({word for text in texts for word in words_in(text)})
