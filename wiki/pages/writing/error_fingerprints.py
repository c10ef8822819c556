"""The fingerprints of the errors in challenges, by which others find them."""

from collections.abc import Iterator
from itertools import groupby, islice

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from wiki.fingerprints.fingerprint import fingerprints_in
from wiki.kinds.builtin import CHALLENGE, ERROR
from wiki.markup.code_fences import with_code_flags
from wiki.pages.models import ErrorFingerprint
from wiki.pages.writing.content import Content

MAX_OUTPUT = 50_000  # characters of an error text or a block of code that are read
MAX_READ = 200_000  # characters in all, since a save blocks others
MAX_FINGERPRINTS = 20  # of one page


def fingerprints_of(content: Content) -> set[str]:
    """The fingerprints of the errors in the error field and in fenced code.

    Empty for pages that are not challenges.
    """
    if content.kind != CHALLENGE:
        return set()
    found: dict[str, None] = {}
    left = MAX_READ
    for text in _outputs(content):
        found |= dict.fromkeys(each.hash for each in fingerprints_in(text[:left]))
        left -= len(text)
        if left <= 0 or len(found) >= MAX_FINGERPRINTS:
            break
    return set(islice(found, MAX_FINGERPRINTS))


def store_fingerprints(
    session: Session, page_id: int, content: Content, *, is_first: bool = False
) -> None:
    """Replace the stored fingerprints of a page by those of its content."""
    if not is_first:
        session.execute(delete(ErrorFingerprint).where(ErrorFingerprint.page_id == page_id))
    rows = [{"page_id": page_id, "hash": each} for each in sorted(fingerprints_of(content))]
    if rows:
        session.execute(insert(ErrorFingerprint), rows)


def _outputs(content: Content) -> Iterator[str]:
    error = content.fields.get(ERROR)
    if isinstance(error, str):
        yield error[:MAX_OUTPUT]
    flagged = with_code_flags(content.text.splitlines())
    for is_code, lines in groupby(flagged, key=lambda each: each[0]):
        if is_code:
            yield "\n".join(line for _, line in lines)[:MAX_OUTPUT]
