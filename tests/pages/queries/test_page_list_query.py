"""The queries of lists of pages, as a fenced block has them."""

import pytest

from wiki.pages.queries.page_list_query import (
    DEFAULT_LIST_LENGTH,
    PageQuery,
    PageQueryRefused,
    parse_query,
)


def test_every_condition() -> None:
    text = (
        "tag: Big Data\ntag: orm\n\nNOT-TAG : old\nkind: Challenge\nstatus: OPEN\n"
        "path: /guides/a/\nsort: changed\nlimit: 5"
    )
    assert parse_query(text) == PageQuery(
        tags=("big-data", "orm"),
        without=("old",),
        kind="challenge",
        status="open",
        path="guides/a",
        sort="changed",
        limit=5,
    )


def test_what_is_not_said_is_the_default() -> None:
    assert parse_query("tag: orm") == PageQuery(tags=("orm",), limit=DEFAULT_LIST_LENGTH)


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("colour: red", "unknown-name", "colour: red"),
        ("tag", "unknown-name", "tag"),
        ("tag:", "unknown-name", "tag:"),
        ("tag: a\nkind: nonsense", "unknown-kind", "kind: nonsense"),
        ("status: forgotten", "unknown-status", "status: forgotten"),
        ("tag: a\nsort: size", "unknown-sort", "sort: size"),
        ("tag: a\nlimit: 0", "limit", "limit: 0"),
        ("tag: a\nlimit: 101", "limit", "limit: 101"),
        ("tag: a\nlimit: ٥", "limit", "limit: ٥"),
        ("not-tag: a\nsort: title", "nothing-asked", ""),
        ("", "nothing-asked", ""),
    ],
)
def test_what_can_not_be_understood_is_named(text: str, reason: str, line: str) -> None:
    with pytest.raises(PageQueryRefused) as refused:
        parse_query(text)
    assert (refused.value.reason, refused.value.line) == (reason, line)
