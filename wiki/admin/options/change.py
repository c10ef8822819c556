"""Changes the settings that administrators decide."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from wiki.access.rulebook import raise_access_version
from wiki.accounts.audit_log import log_event, register_actions
from wiki.database import db, write_transaction
from wiki.hub_settings.current import read_values
from wiki.hub_settings.definitions import (
    HubSetting,
    InvalidValue,
    ProposedValue,
    defined_settings,
    problems_together,
)
from wiki.hub_settings.models import StoredSetting
from wiki.i18n import Words
from wiki.i18n import lazy as _l

_NOTHING = "–"  # stands for an empty value in the audit log

register_actions({"option": _l("Option changed")})


class OptionsRefused(ValueError):
    """Invalid values; `problems` maps names of settings to messages."""

    def __init__(self, problems: Mapping[str, Words]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class OptionsConflict(Exception):
    """Somebody else changed a setting since the form was opened; nothing is stored."""


def settings_hash() -> str:
    """A short hash of all stored settings."""
    return _state(read_values(db.session()))


def change_settings(written: Mapping[str, str], *, since: str, by: int | None) -> list[str]:
    """Store the submitted values by setting name; returns the names of changed settings.

    Settings that the host decides, and those that aren’t named, stay as they are. `since` is the
    `settings_hash` when the form was opened. Raises `OptionsRefused`, `OptionsConflict`,
    `StorageUnavailable`.
    """
    stored = read_values(db.session())
    parsed = _parse(written, stored)
    before = {setting: setting.stored_in(stored) for setting in defined_settings()}
    changed = [each for each in before if each.format(before[each]) != each.format(parsed[each])]
    if not changed:
        return []
    with write_transaction() as session:
        raise_access_version(session)  # first, since its row serves as a lock
        if _state(read_values(session)) != since:
            raise OptionsConflict
        for setting in changed:
            value = setting.format(parsed[setting])
            _store(session, setting, value)
            was = setting.format(before[setting])
            subject = f"{setting.name}: {was or _NOTHING} → {value or _NOTHING}"
            log_event(session, "option", by=by, subject=subject)
    return [setting.name for setting in changed]


def _parse(written: Mapping[str, str], stored: Mapping[str, str]) -> dict[HubSetting[Any], Any]:
    """The value of every setting after the change. Raises `OptionsRefused`."""
    parsed: dict[HubSetting[Any], Any] = {}
    problems: dict[str, Words] = {}
    for setting in defined_settings():
        parsed[setting] = setting.stored_in(stored)
        if setting.name not in written or setting.host_value() is not None:
            continue
        try:
            parsed[setting] = setting.parse(written[setting.name])
        except InvalidValue as invalid:
            problems[setting.name] = invalid.words
    named = {setting.name: value for setting, value in parsed.items()}
    if problems := problems or problems_together(ProposedValue(named)):
        raise OptionsRefused(problems)
    return parsed


def _store(session: Session, setting: HubSetting[Any], value: str) -> None:
    """Store a value; a default is stored as nothing, since a later version may have another one."""
    if value == setting.format(setting.default):
        session.execute(delete(StoredSetting).where(StoredSetting.name == setting.name))
    else:
        session.merge(StoredSetting(name=setting.name, value=value))


def _state(values: Mapping[str, str]) -> str:
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:16]
