"""Defining a setting that administrators change at `/admin/options`.

A feature defines its settings where it uses them, once, at import:

    HOLD_LINKS = define_switch(
        "hold_links", _l("Hold back links of new people"), section=SettingSection.NEW_PEOPLE
    )

and asks `HOLD_LINKS.current()`, which costs no statement of its own. If `wiki.config.Settings` has
a field of that name, `None` unless the host has set it, the host's value wins.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar

from wiki.app_state import current_settings
from wiki.config import Settings
from wiki.hub_settings.current import stored_values
from wiki.hub_settings.models import NAME_LIMIT
from wiki.i18n import Words
from wiki.i18n import lazy as _l

T = TypeVar("T")

_ON, _OFF = "on", "off"


class InvalidValue(ValueError):
    """A value that can't be used; `words` say how to correct it."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words


class SettingSection(StrEnum):
    """Where a setting is on the page, in this order."""

    REGISTRATION = "registration"
    NEW_PEOPLE = "new-people"
    MAIL = "mail"
    SEARCH = "search"


class SettingType(StrEnum):
    """How a setting is edited."""

    SWITCH = "switch"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True, slots=True, eq=False)
class HubSetting(Generic[T]):
    """A setting: what it is called, how its values are written, and where the host gives one."""

    name: str
    label: Words
    hint: Words
    section: SettingSection
    kind: SettingType
    default: T
    fallback: T  # for a stored value that this version can't read
    parse: Callable[[str], T]  # raises `InvalidValue`
    format: Callable[[T], str]
    given_by_host: Callable[[Settings], T | None]
    variable: str  # with which the host gives it; empty if it can't
    choices: Mapping[str, Words] = field(default_factory=dict)

    def current(self) -> T:
        """The value in force: the host's, an administrator's, or the default."""
        given = self.host_value()
        return self.stored_in(stored_values()) if given is None else given

    def host_value(self) -> T | None:
        return self.given_by_host(current_settings())

    def stored_in(self, values: Mapping[str, str]) -> T:
        written = values.get(self.name)
        if written is None:
            return self.default
        try:
            return self.parse(written)
        except InvalidValue:
            return self.fallback


@dataclass(frozen=True, slots=True)
class ProposedValue:
    """The values that would be in force after a change: `proposed[REGISTRATION]`."""

    values: Mapping[str, Any]

    def __getitem__(self, setting: HubSetting[T]) -> T:
        given = setting.host_value()
        value: T = self.values[setting.name] if given is None else given
        return value


# What is wrong with settings together: names of settings with what to say there.
Check: TypeAlias = Callable[[ProposedValue], Mapping[str, Words]]

_DEFINED: dict[str, HubSetting[Any]] = {}
_CHECKS: list[Check] = []


def define_switch(
    name: str, label: Words, *, section: SettingSection, hint: Words = "", default: bool = False
) -> HubSetting[bool]:
    """A setting that is on or off."""
    return _define(
        HubSetting(
            name=name,
            label=label,
            hint=hint,
            section=section,
            kind=SettingType.SWITCH,
            default=default,
            fallback=default,
            parse=_parse_switch,
            format=lambda is_on: _ON if is_on else _OFF,
            **_from_field(name),
        )
    )


def define_choice(
    name: str,
    label: Words,
    choices: Mapping[str, Words],
    *,
    section: SettingSection,
    fallback: str,
    hint: Words = "",
) -> HubSetting[str]:
    """One of `choices`, the first of which is the default; `fallback` is the safest of them."""

    def parse(written: str) -> str:
        if written not in choices:
            raise InvalidValue(_l("Choose one of these."))
        return written

    return _define(
        HubSetting(
            name=name,
            label=label,
            hint=hint,
            section=section,
            kind=SettingType.CHOICE,
            default=next(iter(choices)),
            fallback=fallback,
            parse=parse,
            format=str,
            choices=choices,
            **_from_field(name),
        )
    )


def define_text(
    name: str,
    label: Words,
    *,
    section: SettingSection,
    parse: Callable[[str], T],
    default: T,
    hint: Words = "",
    given_by_host: Callable[[Settings], T | None] | None = None,
    variable: str = "",
) -> HubSetting[T]:
    """A line of text; `parse` makes a value of it that `str` writes, or raises `InvalidValue`."""
    by_host = _from_field(name)
    if given_by_host is not None:
        by_host = {"given_by_host": given_by_host, "variable": variable}
    return _define(
        HubSetting(
            name=name,
            label=label,
            hint=hint,
            section=section,
            kind=SettingType.TEXT,
            default=default,
            fallback=default,
            parse=parse,
            format=str,
            **by_host,
        )
    )


def add_check(check: Check) -> Check:
    """Have `check` look at settings that depend on each other, before they are stored."""
    _CHECKS.append(check)
    return check


def defined_settings() -> Iterator[HubSetting[Any]]:
    """All of them, in the order of the page."""
    order = list(SettingSection)
    yield from sorted(_DEFINED.values(), key=lambda setting: order.index(setting.section))


def problems_together(proposed: ProposedValue) -> dict[str, Words]:
    """What the checks find."""
    return {name: words for check in _CHECKS for name, words in check(proposed).items()}


def _define(setting: HubSetting[T]) -> HubSetting[T]:
    if len(setting.name) > NAME_LIMIT:
        raise ValueError(f"{setting.name} is longer than {NAME_LIMIT} characters")
    if setting.name in _DEFINED:
        raise ValueError(f"{setting.name} is defined twice")
    _DEFINED[setting.name] = setting
    return setting


def _from_field(name: str) -> dict[str, Any]:
    """From the field of the host's settings that has this name, if there is one."""
    has_field = name in Settings.__slots__
    return {
        "given_by_host": lambda settings: getattr(settings, name, None) if has_field else None,
        "variable": f"NEXUS_{name.upper()}" if has_field else "",
    }


def _parse_switch(written: str) -> bool:
    if written not in (_ON, _OFF):
        raise InvalidValue(_l("Choose on or off."))
    return written == _ON
