"""The query parser: every text is a query."""

from wiki.search.query.parser import parse
from wiki.search.query.units import QUERY_FIELDS, split_query, with_filter, without_units

WORDS = (
    *(f"{field}:" for field in QUERY_FIELDS),
    '"',
    "“",
    "”",
    " OR ",
    " -",
    "*",
    "2026-11",
    " a ",
)


def seeds() -> list[bytes]:
    return [
        b'n+1 queries "must stand" -not in*',
        b"redis OR valkey title:cache tag:sql before:2026-01 after:2025",
        b'Traceback (most recent call last):\n  File "a.py", line 1, in f()\nKeyError: x = {1: 2}',
    ]


def check(data: bytes) -> None:
    query = parse(data.decode("utf-8", "surrogateescape"))
    assert query.loosened().unfiltered_text is not None
    found = split_query(query.text)
    assert all(query.text[piece.at :].startswith(piece.value) for piece in found)
    parse(without_units(query.text, found[::2]))
    parse(with_filter(query.text, "tag", "a"))
