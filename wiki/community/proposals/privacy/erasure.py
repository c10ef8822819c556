"""Erases texts and phrases from proposals."""

import hashlib
from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from wiki.community.proposals.models import Proposal, ProposalEvent, ProposalPage
from wiki.pages.models import Revision
from wiki.redact import ErasedPhrase

_FIELDS: dict[Any, tuple[str, ...]] = {
    Proposal: ("title", "reason"),
    ProposalEvent: ("reason",),
    ProposalPage: ("title", "tags", "fields", "body"),
}


class TextsOfProposals:
    """The `wiki.pages.erasure.text_holders.TextHolder` of proposals."""

    def erase(self, session: Session, hashes: Collection[str], phrase: ErasedPhrase | None) -> int:
        """Redact the phrase; without one, erase parts that equal or were based on the texts.

        See `TextHolder.erase`.
        """
        return _erase_phrase(session, phrase) if phrase else _erase_texts(session, hashes)


def _erase_texts(session: Session, hashes: Collection[str]) -> int:
    """Erase parts that equal one of the texts or were based on one, being mostly the same."""
    is_base = and_(
        Revision.page_id == ProposalPage.page_id, Revision.number == ProposalPage.base_revision
    )
    is_of_page = select(Revision.page_id).where(Revision.text_hash.in_(hashes))
    begun = select(ProposalPage.id).join(Revision, is_base).where(Revision.text_hash.in_(hashes))
    query = select(ProposalPage).where(
        or_(ProposalPage.id.in_(begun), ProposalPage.page_id.in_(is_of_page))
    )
    erased = set(session.scalars(begun))
    count = 0
    for part in session.scalars(query.execution_options(yield_per=50)):
        is_same = hashlib.sha256(part.body.encode()).hexdigest() in hashes
        if part.id in erased or is_same:
            part.body, part.size, part.is_erased = "", 0, True
            count += 1
    return count


def _erase_phrase(session: Session, phrase: ErasedPhrase) -> int:
    count = 0
    for table, names in _FIELDS.items():
        for row in session.scalars(select(table).execution_options(yield_per=50)):
            held = [name for name in names if phrase.is_in(getattr(row, name))]
            for name in held:
                setattr(row, name, phrase.redacted(getattr(row, name)))
            count += bool(held)
    return count
