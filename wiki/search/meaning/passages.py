"""Divides a page into passages to encode, each together with the page's title.

A sentence encoder reads some hundred words at a time, and represents longer texts less precisely.
The similarity of a page to a query is that of its nearest passage.
"""

from collections.abc import Sequence

from wiki.search.documents import Document

PASSAGE_WORDS = 80
MIN_LAST_WORDS = 20  # words of the last passage; fewer are added to the one before
MAX_PASSAGES = 8  # passages of a page; the rest of a longer page is not encoded


def passages_of(document: Document) -> list[str]:
    """The passages of a page, at least one."""
    lead = " ".join(filter(None, (document.summary, *document.fields)))
    words = f"{lead} {document.body}".split()
    # For a page of nothing but code, encode the code.
    words = words or document.code.split()
    parts = _cut(words)[:MAX_PASSAGES] if words else [()]
    names = ", ".join((document.title, *document.names))
    return [f"{names}. {' '.join(part)}".strip() for part in parts]


def _cut(words: Sequence[str]) -> list[Sequence[str]]:
    starts = list(range(0, len(words), PASSAGE_WORDS))
    if len(starts) > 1 and len(words) - starts[-1] < MIN_LAST_WORDS:
        starts.pop()
    return [words[start:end] for start, end in zip(starts, [*starts[1:], len(words)], strict=True)]
