"""What the index knows of a page, and the terms it is made of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from wiki.search.analysis.analyzer import MAX_TERM_LENGTH, tokenize, words_in
from wiki.search.analysis.folding import fold

# What one occurrence counts by where it stands, relative to running text. A title says what the
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

OBSOLETE = "obsolete"  # beside the status of a page that is kept, but no longer right
ORDINARY_KIND = "page"  # the kind of ordinary pages
MAX_KEY_LENGTH = 250  # characters of a title that are compared
TITLE_POSITIONS = 512  # positions reserved for the title, which has at most 200 characters
POSITION_GAP = 64  # positions between two parts of a page, so that no phrase spans both


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


class FoundPage(NamedTuple):
    """What a result page shows of a page; `sections` are `(id, heading, text)`."""

    id: int
    title: str
    path: str
    kind: str
    status: str | None
    updated_at: datetime
    tags: Sequence[str]
    sections: Sequence[Sequence[str]]


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


def document_terms(document: Document) -> DocumentTerms:
    """All terms by which a document is found.

    BM25F: one list of terms, each weighted by field and summed before saturation. S. Robertson,
    H. Zaragoza, M. Taylor, "Simple BM25 Extension to Multiple Weighted Fields", CIKM 2004.
    """
    content = DocumentTerms()
    content.add(document.title, TITLE_WEIGHT, 0)
    place = TITLE_POSITIONS
    for weight, texts in (
        (TAG_WEIGHT, document.tags),
        (HEADING_WEIGHT, document.headings),
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
    return content


def title_key(title: str) -> str:
    """A title as compared for exact matches."""
    return " ".join(fold(title).split())[:MAX_KEY_LENGTH]


# What may separate the words of a name, or be left out there.
_BETWEEN = re.compile(r"""[\s_\-/:.,;?!()\[\]'’"“”]+""")


def letters_key(name: str) -> str:
    """A title reduced to its letters: `CI/CD`, `ci-cd` and `cicd` are the same."""
    return _BETWEEN.sub("", fold(name))[:MAX_KEY_LENGTH]


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
    return "/".join(label_key(step) for step in path.strip("/").split("/"))


def unique_words(*texts: str) -> list[str]:
    return sorted({word for text in texts for word in words_in(text)})
