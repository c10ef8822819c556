"""The ETag of a page is its id and its revision, and `If-Match` says what a program has seen.

That of a page as it is read has a hash of the answer besides: its path, the names of people and
where it leads may change without a new revision.
"""

import re
from hashlib import sha256

from flask import request

from wiki.pages.models import Page
from wiki.web.programs.problems import Problem

_TAG = re.compile(r'\s*(?:W/)?"(\d{1,10})-(\d{1,10})(?:-[0-9a-f]{1,64})?"\s*', re.ASCII)
_HASH_LENGTH = 16


def revision_tag(page_id: int, number: int, answer: str = "") -> str:
    """The tag of a revision; of one `answer` about it, if that is given."""
    digest = f"-{sha256(answer.encode()).hexdigest()[:_HASH_LENGTH]}" if answer else ""
    return f'"{page_id}-{number}{digest}"'


def seen_revision(page: Page) -> int | None:
    """The revision of `page` that `If-Match` names; 0, which none has, for one of another page.

    `None` without the header. Raises `Problem` (400) for anything else.
    """
    header = request.headers.get("If-Match")
    if header is None:
        return None
    found = _TAG.fullmatch(header)
    if found is None:
        words = "Send the `ETag` of the page as it is. A list of them, or *, names no revision."
        raise Problem(400, "Invalid If-Match", words, kind="precondition")
    return int(found[2]) if int(found[1]) == page.id else 0


def needed_revision(page: Page) -> int:
    """The same. Raises `Problem` (428) without the header."""
    number = seen_revision(page)
    if number is None:
        raise precondition_needed()
    return number


def precondition_needed() -> Problem:
    return Problem(
        428,
        detail="Send the `ETag` of the page as you have read it in `If-Match`, so that nobody’s "
        "change is lost.",
        kind="precondition",
    )
