"""Whether the database holds what was acknowledged, and nothing by halves."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flask import Flask

from tests.reliability.ledger import Outcome, Save
from tests.reliability.writers import TOKEN
from wiki.database import db
from wiki.pages.models import Page, Revision, Text
from wiki.pages.writing.text_store import decompress_text

# What takes text away on purpose.
TAKES_AWAY = ("restore",)


@dataclass(frozen=True, slots=True)
class Stored:
    """A revision as the database has it; `tokens` are those in its text."""

    page_id: int
    number: int
    action: str
    summary: str
    text: str

    @property
    def tokens(self) -> set[str]:
        return set(TOKEN.findall(self.text))


def stored(app: Flask) -> list[Stored]:
    """Every revision, page by page, in order."""
    with app.app_context():
        rows = db.session.execute(
            db.select(
                Revision.page_id,
                Revision.number,
                Revision.action,
                Revision.summary,
                Text.body,
                Text.is_compressed,
            )
            .join(Page, Page.id == Revision.page_id)
            .join(Text, Text.hash == Revision.text_hash)
            .order_by(Revision.page_id, Revision.number)
        ).all()
        db.session.rollback()
    return [Stored(*row[:4], decompress_text(row.body, row.is_compressed)) for row in rows]


def wrongs(saves: Sequence[Save], revisions: Sequence[Stored]) -> Iterator[str]:
    """Everything that is not as it was promised."""
    yield from _lost(saves, revisions)
    yield from _overwritten(revisions)
    yield from _misnumbered(revisions)
    sent = {save.token for save in saves}
    for revision in revisions:
        if unknown := revision.tokens - sent:
            yield f"revision {revision.number} of page {revision.page_id} holds {unknown}"


def _lost(saves: Sequence[Save], revisions: Sequence[Stored]) -> Iterator[str]:
    """What was acknowledged is in the history: once, with its text."""
    made = defaultdict(list)
    for revision in revisions:
        if revision.action != "relink":  # of another page, for the one that is renamed
            made[revision.summary].append(revision)
    for save in saves:
        own = made[save.token]
        if save.outcome is Outcome.SAVED and not own:
            yield f"{save} was acknowledged and is in no history"
        if save.has_text and any(save.token not in revision.tokens for revision in own):
            yield f"{save} is in the history without its text"
        if len(own) > save.sent:
            yield f"{save} is in the history {len(own)} times"
        if own and save.outcome in (Outcome.CONFLICT, Outcome.REFUSED) and save.sent == 1:
            yield f"{save} was refused and is in the history"


def _overwritten(revisions: Sequence[Stored]) -> Iterator[str]:
    """No revision drops what another writer had added, unless it is one that restores."""
    for before, after in pairwise(revisions):
        if before.page_id != after.page_id or after.action in TAKES_AWAY:
            continue
        # A word is there to be changed.
        kept = {token for token in before.tokens if f"The word is {token}" not in before.text}
        if dropped := kept - after.tokens:
            yield f"{after.action} {after.number} of page {after.page_id} dropped {dropped}"


def _misnumbered(revisions: Sequence[Stored]) -> Iterator[str]:
    numbers = defaultdict(list)
    for revision in revisions:
        numbers[revision.page_id].append(revision.number)
    for page_id, found in numbers.items():
        if found != list(range(1, len(found) + 1)):
            yield f"page {page_id} has the revisions {found}"
