"""Parses dates in queries."""

import re
from datetime import UTC, datetime, timedelta

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_AGO = re.compile(r"(\d{1,4})([dwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


def parse_date(value: str, now: datetime | None = None) -> tuple[datetime, datetime] | None:
    """The start and end (exclusive) of 2026, 2026-11, 2026-11-23, today or yesterday.

    For an age (12d, 2w, 6m, 1y) both are the same moment. `None` for anything else.
    """
    now = now or datetime.now(UTC)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    day = timedelta(days=1)
    if value.lower() in ("today", "yesterday"):
        begin = today if value.lower() == "today" else today - day
        return begin, begin + day
    try:
        if match := _AGO.fullmatch(value):
            ago = now - int(match[1]) * _DAYS[match[2]] * day
            return ago, ago
        if match := _DATE.fullmatch(value):
            year, month, date = (int(part) if part else None for part in match.groups())
            begin = datetime(year or 0, month or 1, date or 1, tzinfo=UTC)
            if date:
                return begin, begin + day
            if month:
                return begin, (begin + 31 * day).replace(day=1)
            return begin, begin.replace(year=begin.year + 1)
    except (ValueError, OverflowError):
        return None
    return None
