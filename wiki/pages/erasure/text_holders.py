"""Texts that features above pages hold: they register here, and an erasure asks them."""

from collections.abc import Collection
from typing import Protocol

from flask import Flask
from sqlalchemy.orm import Session

from wiki.app_state import AppState
from wiki.redact import ErasedPhrase


class TextHolder(Protocol):
    """A feature that holds texts of pages, or about them."""

    def erase(self, session: Session, hashes: Collection[str], phrase: ErasedPhrase | None) -> int:
        """Erase, in the caller's transaction, what is one of the texts or was begun from it, and
        black out the phrase, if there is one, in everything; returns how many were changed.

        `hashes` are those of texts that are about to be erased, which revisions still have.
        """


_HOLDERS = AppState[list[TextHolder]]("text_holders", list)


def register_texts(app: Flask, holder: TextHolder) -> None:
    """Have every erasure ask `holder` as well."""
    _HOLDERS.of(app).append(holder)


def erase_in_text_holders(
    session: Session, hashes: Collection[str], phrase: ErasedPhrase | None
) -> int:
    """Have all features erase what they hold; returns how many things were changed."""
    return sum(holder.erase(session, hashes, phrase) for holder in _HOLDERS.current())
