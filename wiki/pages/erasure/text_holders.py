"""Features above `pages` that store texts of pages register here, so that erasures reach them."""

from collections.abc import Collection
from typing import Protocol

from flask import Flask
from sqlalchemy.orm import Session

from wiki.app_state import AppState
from wiki.redact import ErasedPhrase


class TextHolder(Protocol):
    """A feature that stores texts of pages, or texts about them."""

    def erase(self, session: Session, hashes: Collection[str], phrase: ErasedPhrase | None) -> int:
        """Erase these texts and what is based on them, and redact the phrase, if any, everywhere.

        Runs in the caller’s transaction; returns how many items changed. `hashes` are those of
        texts that are about to be erased; revisions still refer to them.
        """


_HOLDERS = AppState[list[TextHolder]]("text_holders", list)


def register_texts(app: Flask, holder: TextHolder) -> None:
    """Have every erasure call `holder`."""
    _HOLDERS.of(app).append(holder)


def erase_in_text_holders(
    session: Session, hashes: Collection[str], phrase: ErasedPhrase | None
) -> int:
    """Have all registered features erase; returns how many items changed."""
    return sum(holder.erase(session, hashes, phrase) for holder in _HOLDERS.current())
