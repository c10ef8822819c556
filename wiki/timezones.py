"""The reader’s time zone, and times displayed in it.

The zone is the one chosen in the reader’s settings, or else the one that the browser sent in a
cookie. Without either, times are shown in UTC and say so.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from flask import g, has_request_context, request
from flask_babel import format_date
from flask_login import current_user
from markupsafe import Markup, escape

from wiki import i18n

ZONE_COOKIE = "nexus_zone"  # set by the frame's script
ZONE_LIMIT = 64  # characters of a name

# Hidden if scripts run: they replace it, and the line would shift.
_UTC = '<span class="unscripted"> UTC</span>'

_NAME = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Z][A-Za-z0-9_+-]*){0,2}")


@dataclass(frozen=True, slots=True)
class ReaderZone:
    """A zone by its name ("" if unknown); `is_chosen` says whether the reader chose it in their
    settings.
    """

    name: str = ""
    is_chosen: bool = False

    @property
    def rules(self) -> tzinfo:
        return find_zone(self.name) or UTC


@lru_cache(maxsize=1024)
def find_zone(name: str) -> ZoneInfo | None:
    """The zone with this name in the IANA database; `None` if there is none. Accepts any string."""
    if len(name) > ZONE_LIMIT or not _NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """The zones to choose from: those of regions, and UTC."""
    return tuple(sorted(name for name in available_timezones() if _is_place(name)))


def _is_place(name: str) -> bool:
    return name == "UTC" or ("/" in name and not name.startswith(("Etc/", "SystemV/")))


def reader_zone() -> ReaderZone:
    """The zone of the reader of this request."""
    if not has_request_context():
        return ReaderZone()
    zone: ReaderZone | None = g.get("reader_zone")
    if zone is None:
        zone = g.reader_zone = _find_reader_zone()
    return zone


def _find_reader_zone() -> ReaderZone:
    if not request.cookies:  # an anonymous reader's first page: there is no user to look up
        return ReaderZone()
    chosen = getattr(current_user, "timezone", None)
    if chosen and find_zone(chosen):
        return ReaderZone(chosen, is_chosen=True)
    name = request.cookies.get(ZONE_COOKIE, "")
    return ReaderZone(name) if find_zone(name) else ReaderZone()


def to_local(time: datetime) -> datetime:
    """`time` in the reader's zone."""
    return time.astimezone(reader_zone().rules)


def parse_local_time(value: str) -> datetime | None:
    """An ISO 8601 time, in the reader’s zone unless it has one, converted to UTC.

    `None` if it is invalid.
    """
    try:
        found = datetime.fromisoformat(value.strip())
        here = found if found.tzinfo else found.replace(tzinfo=reader_zone().rules)
        return here.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(time: datetime) -> Markup:
    """A `<time>` that shows the date."""
    return _time_element(time, "day", _format_date(to_local(time).date(), i18n.locale()))


def moment(time: datetime) -> Markup:
    """A `<time>` that shows date, hour and minute."""
    here = to_local(time)
    date_ = _format_date(here.date(), i18n.locale())
    return _time_element(time, "moment", f"{date_}, {here:%H:%M}", _zone_suffix())


def clock(time: datetime) -> Markup:
    """A `<time>` that shows hour and minute, for lists grouped by day."""
    return _time_element(time, "clock", f"{to_local(time):%H:%M}", _zone_suffix())


def whole_day(date: date) -> Markup:
    """A `<time>` for the heading of a day in a list."""
    shown = format_date(date, "EEEE, d MMMM y")
    return Markup(f'<time datetime="{date.isoformat()}">{escape(shown)}</time>')  # noqa: S704


def _zone_suffix() -> str:
    return "" if reader_zone().name else _UTC


@lru_cache(maxsize=4096)
def _format_date(date: date, locale: str) -> str:
    """A date in the reader’s language; cached, since lists repeat dates."""
    if locale == "en":
        # Babel does the same, but loads 4 MB of names for it.
        return f"{date.day} {date:%b %Y}"
    return str(format_date(date, "d MMM y"))


def _time_element(time: datetime, kind: str, shown: str, zone: str = "") -> Markup:
    # No `Markup.format`, which takes ten times as long, since lists contain many times.
    iso = time.astimezone(UTC).isoformat(timespec="seconds")
    shown = escape(shown)
    return Markup(f'<time datetime="{iso}" data-time="{kind}">{shown}{zone}</time>')  # noqa: S704
