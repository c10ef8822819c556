"""ETags of pages, made of the page’s id and revision, and `If-Match` with the revision that a
program has read.

The ETag of a response also has a hash of it, since a path, somebody’s name or the target of a
link may change without a new revision.
"""

import re
from hashlib import sha256

from flask import request

from wiki.pages.models import Page
from wiki.web.programs.problems import Problem

_TAG = re.compile(r'\s*(?:W/)?"(\d{1,10})-(\d{1,10})(?:-[0-9a-f]{1,64})?"\s*', re.ASCII)
_HASH_LENGTH = 16


def revision_etag(page_id: int, number: int, answer: str = "") -> str:
    """The ETag of a revision, or of an `answer` about it."""
    digest = f"-{sha256(answer.encode()).hexdigest()[:_HASH_LENGTH]}" if answer else ""
    return f'"{page_id}-{number}{digest}"'


def if_match_revision(page: Page) -> int | None:
    """The number of the revision of `page` that `If-Match` names; `None` without the header.

    It is 0, a number that no revision has, for the ETag of another page. Raises `Problem` (400)
    for anything else.
    """
    header = request.headers.get("If-Match")
    if header is None:
        return None
    found = _TAG.fullmatch(header)
    if found is None:
        words = "Send the `ETag` of the page as it is. A list of them, or *, names no revision."
        raise Problem(400, "Invalid If-Match", words, kind="precondition")
    return int(found[2]) if int(found[1]) == page.id else 0


def required_if_match_revision(page: Page) -> int:
    """Like `if_match_revision`, but raises `Problem` (428) without the header."""
    number = if_match_revision(page)
    if number is None:
        raise precondition_needed()
    return number


def precondition_needed() -> Problem:
    """The problem (428) for a missing `If-Match`."""
    return Problem(
        428,
        detail="Send the `ETag` of the page as you have read it in `If-Match`, so that nobody’s "
        "change is lost.",
        kind="precondition",
    )
