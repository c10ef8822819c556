"""Erases a phrase from claims and dismissals."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from wiki.community.wanted.models import WantedClaim, WantedDismissal
from wiki.naming import path_key
from wiki.redact import ErasedPhrase

_TABLES: tuple[Any, ...] = (WantedClaim, WantedDismissal)


class KeysOfWanted:
    """The `wiki.pages.erasure.text_holders.TextHolder` of claims and dismissals.

    With the phrase, the wanted link or search is gone, so its claim and dismissal go too.
    """

    def erase(self, session: Session, hashes: Collection[str], phrase: ErasedPhrase | None) -> int:
        """Delete rows with the phrase in their key, as text or as a path.

        See `TextHolder.erase`.
        """
        if phrase is None:
            return 0
        slug, count = path_key(phrase.text), 0
        for table in _TABLES:
            keys = session.scalars(select(table.key)).all()
            held = [key for key in keys if phrase.is_in(key) or (slug and slug in key)]
            for key in held:
                session.execute(delete(table).where(table.key == key))
            count += len(held)
        return count
