"""A registry for the personal data of features in layers above accounts."""

import json
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import IO, Any, Protocol

from flask import Flask
from sqlalchemy.orm import Session

from wiki.app_state import AppState


class PersonalData(Protocol):
    """The personal data of one feature."""

    def export(self, person_id: int) -> Iterator[tuple[str, IO[bytes]]]:
        """Files for the archive of a user’s data, as names and contents that the caller closes."""

    def rename(self, session: Session, person_id: int) -> None:
        """Update, in the caller’s transaction, copies of the user’s name."""

    def forget(self, session: Session, person_id: int) -> None:
        """Delete, in the caller’s transaction, private data of an account that is being closed."""


_FEATURES = AppState[list[PersonalData]]("personal_data", list)


def register_personal_data(app: Flask, feature: PersonalData) -> None:
    """Include `feature` in archives, renames, merges and the closing of accounts."""
    _FEATURES.of(app).append(feature)


def personal_data() -> list[PersonalData]:
    """The features registered with the current application, in order."""
    return _FEATURES.current()


def as_json(value: Any) -> IO[bytes]:
    """`value` as an indented JSON file; times in ISO 8601."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_written)
    return BytesIO(f"{text}\n".encode())


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
