"""What of a page is encoded: a few passages, each with the page's title.

A sentence encoder reads some hundred words at once, and of a longer text remembers less. So a page
is as near to a query as its nearest passage.
"""

from collections.abc import Sequence

from wiki.search.documents import Document

PASSAGE_WORDS = 80
MIN_LAST_WORDS = 20  # of the last passage; fewer belong to the one before
MAX_PASSAGES = 8  # of a page; the end of a longer one adds little to what it is about


def passages_of(document: Document) -> list[str]:
    """The passages of a page, at least one."""
    lead = " ".join(filter(None, (document.summary, *document.fields)))
    words = f"{lead} {document.body}".split()
    # A page of code alone says what it does there.
    words = words or document.code.split()
    parts = _cut(words)[:MAX_PASSAGES] if words else [()]
    names = ", ".join((document.title, *document.names))
    return [f"{names}. {' '.join(part)}".strip() for part in parts]


def _cut(words: Sequence[str]) -> list[Sequence[str]]:
    starts = list(range(0, len(words), PASSAGE_WORDS))
    if len(starts) > 1 and len(words) - starts[-1] < MIN_LAST_WORDS:
        starts.pop()
    return [words[start:end] for start, end in zip(starts, [*starts[1:], len(words)], strict=True)]
