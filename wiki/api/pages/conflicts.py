"""The response to an edit conflict: the three contents and the merge."""

from typing import Any

from wiki.api.pages.etags import revision_etag
from wiki.api.pages.schemas import ConflictRegion
from wiki.database import db
from wiki.pages.merging.merge import Hunk, MergeResult
from wiki.pages.writing.conflicts import Conflict
from wiki.pages.writing.content import Content
from wiki.pages.writing.revision_store import load_content_or_empty
from wiki.web.programs.problems import Problem


def conflict_problem(status: int, page_id: int, base_revision: int, conflict: Conflict) -> Problem:
    """The problem for a conflict: `status` is 412 for a failed precondition, 409 for a failed
    merge.

    `merged` has the client’s lines wherever both sides changed the text; `conflicts` lists these
    regions.
    """
    base = load_content_or_empty(db.session(), page_id, base_revision)
    detail = (
        "The page has changed since the revision that you sent. Nothing was stored. `merged` holds "
        "both changes: look at it, and send it with the new `ETag`."
    )
    if conflict.merge.conflicts:
        detail = (
            "You and somebody else changed the same lines. Nothing was stored. `conflicts` are the "
            "places: decide on each, and send the text with the new `ETag`."
        )
    return Problem(
        status,
        "The page has changed",
        detail,
        kind="conflict",
        headers={"ETag": revision_etag(page_id, conflict.number)},
        current_revision=conflict.number,
        base=_side(base),
        theirs=_side(conflict.theirs),
        yours=_side(conflict.mine),
        merged=_side(conflict.merged),
        is_clean=conflict.merge.is_clean,
        conflicts=[region.model_dump() for region in regions_of(conflict.merge)],
    )


def _side(content: Content) -> dict[str, Any]:
    return {
        "title": content.title,
        "text": content.text,
        "kind": content.kind,
        "tags": list(content.tags),
        "fields": dict(content.fields),
    }


def regions_of(merge: MergeResult) -> list[ConflictRegion]:
    """The regions that both sides changed, with their first line in the merged text."""
    found, line = [], 1
    for hunk in merge.hunks:
        if hunk.kind == "conflict":
            found.append(_region(hunk, line))
        line += len(hunk.mine if hunk.kind == "conflict" else hunk.merged)
    return found


def _region(hunk: Hunk, line: int) -> ConflictRegion:
    base, theirs, yours = ("".join(side) for side in (hunk.base, hunk.theirs, hunk.mine))
    return ConflictRegion(line=line, base=base, theirs=theirs, yours=yours)
