"""Finds challenges about exactly the same error."""

from collections.abc import Sequence

from sqlalchemy import case, func, select

from wiki.access.permissions import Viewer, visible_to
from wiki.database import db
from wiki.fingerprints.fingerprint import fingerprint_of, main_error, without_trace
from wiki.kinds.builtin import CHALLENGE
from wiki.pages.models import ErrorFingerprint, Page
from wiki.search.query.pastes import is_error_message, is_output

MAX_SAME = 3  # pages; more wouldn't help
MAX_OUTPUT = 50_000  # characters of a pasted text that are read, from its end


def error_hashes(text: str) -> list[str]:
    """The fingerprints of the error in the output of a program: with its stack trace and without
    it.

    The second matches reports that only show the last line. Empty for other texts.
    """
    text = text[-MAX_OUTPUT:]
    error = main_error(text) if is_output(text) or is_error_message(text) else None
    if error is None:
        return []
    found = (fingerprint_of(each) for each in (error, without_trace(error)))
    return list(dict.fromkeys(each.hash for each in found if each))


def pages_with_error(viewer: Viewer, hashes: Sequence[str]) -> list[int]:
    """Ids of challenges with one of these fingerprints that `viewer` may read, at most `MAX_SAME`.

    Ordered by the position of the hash, then solved ones first, then last changed first.
    """
    if not hashes:
        return []
    rank = func.min(
        case({hash_: at for at, hash_ in enumerate(hashes)}, value=ErrorFingerprint.hash)
    )
    query = (
        select(Page.id)
        .join(ErrorFingerprint, ErrorFingerprint.page_id == Page.id)
        .where(ErrorFingerprint.hash.in_(hashes), Page.kind == CHALLENGE, visible_to(viewer, Page))
        .group_by(Page.id, Page.status, Page.updated_at)
        .order_by(rank, case((Page.status == "solved", 0), else_=1), Page.updated_at.desc())
        .limit(MAX_SAME)
    )
    return list(db.session.scalars(query))


def same_error(viewer: Viewer, text: str) -> list[int]:
    """Ids of challenges about the error in a text that was pasted into the search box."""
    return pages_with_error(viewer, error_hashes(text))
