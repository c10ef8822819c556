"""Looks up an error: challenges about exactly this error, then the closest matches."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from wiki.access.permissions import Viewer, visible_to
from wiki.community.challenges.nearest import nearest_answers
from wiki.community.challenges.votes import Tally, tally_column, tally_of
from wiki.database import db
from wiki.kinds.builtin import FIX
from wiki.pages.models import Page, Revision, Text
from wiki.pages.same_errors import pages_with_error
from wiki.pages.writing.text_store import decompress_text

MOST_ANSWERS = 5
MAX_FIX = 2_000  # characters of a solution

# The section with the solution, used if the field for it is empty.
_SOLUTION = re.compile(
    r"^#{1,6}[ \t]+(?:the[ ]+)?(?:fix|solution|answer|resolution|workaround"
    r"|what (?:solved|fixed) it|how (?:to fix|i (?:solved|fixed)) it)\b[^\n]*\n"
    r"(?P<text>.*?)(?=^#{1,6}[ \t]|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """A page that may answer an error; `fix` is Markdown, empty if there is none yet."""

    path: str
    title: str
    kind: str
    status: str | None
    fix: str
    tally: Tally
    is_same_error: bool


def answers_to(viewer: Viewer, text: str, hashes: Sequence[str]) -> list[ErrorAnswer]:
    """The pages that may answer an error, of those that `viewer` may read, best first.

    `text` is the error as words to search for, `hashes` its fingerprints, the most exact first.
    Returns at most `MOST_ANSWERS`.
    """
    same = pages_with_error(viewer, hashes)
    near = [each.page.id for each in nearest_answers(viewer, [text])]
    wanted = list(dict.fromkeys([*same, *near]))[:MOST_ANSWERS]
    query = (
        select(Page, Revision.fields, Text.body, Text.is_compressed, tally_column())
        .join(Revision, and_(Revision.page_id == Page.id, Revision.number == Page.revision_count))
        .join(Text, Text.hash == Revision.text_hash)
        .where(Page.id.in_(wanted), visible_to(viewer, Page), Text.erased_at.is_(None))
    )
    found = {
        page.id: ErrorAnswer(
            path=page.path,
            title=page.title,
            kind=page.kind,
            status=page.status,
            fix=solution_text(fields, decompress_text(body, is_compressed)),
            tally=tally_of(votes),
            is_same_error=page.id in same,
        )
        for page, fields, body, is_compressed, votes in db.session.execute(query)
    }
    return [found[page_id] for page_id in wanted if page_id in found]


def solution_text(fields: Mapping[str, Any], text: str) -> str:
    """The solution of a challenge, as Markdown: its field, or else the section about it."""
    stored = fields.get(FIX)
    fix = stored if isinstance(stored, str) else ""
    if not fix.strip() and (section := _SOLUTION.search(text)):
        fix = section["text"]
    return fix.strip()[:MAX_FIX]
