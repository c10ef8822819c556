"""Where links stand in a source text."""

import pytest

from tests.processor_time import bounded
from wiki.markup.source_links import links_in


def spans(text: str, *, with_files: bool = False) -> list[tuple[str, str | None]]:
    return [
        (text[link.begin : link.end], link.address)
        for link in links_in(text, with_files=with_files)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see [[Page]] now", [("[[Page]]", None)]),
        ("[a](b.md) [c](<d e.md> 'f')", [("b.md", "b.md"), ("<d e.md>", "d e.md")]),
        ("[a\\]](b&amp;c)", [("b&amp;c", "b&c")]),
        ("[a][1]\n\n[1]: /wiki/b 'c'\n", [("/wiki/b", "/wiki/b")]),
        ("> - [a](b)\n>   [[c]]", [("b", "b"), ("[[c]]", None)]),
        ("| a |\n|---|\n| [[b\\|c]] |", [("[[b\\|c]]", None)]),
        ("# [[a]]\n\n^[as in [b](c)]", [("[[a]]", None), ("c", "c")]),
        ("[a [b](c) d](e)", [("c", "c")]),
    ],
)
def test_links_are_found_where_they_stand(text, expected):
    assert spans(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "`[[a]]` ``[b](c)``",
        "```\n[[a]]\n```",
        "    [a](b)",
        "<!-- [[a]] -->",
        "$[a](b)$",
        "\\[a](b)",
        "[a] (b)",
        "[a](b",
        "<https://e.org/[a](b)>",
    ],
)
def test_code_and_the_like_have_none(text):
    assert spans(text) == []


def test_pictures_and_tags_are_found_if_asked_for():
    text = '![a](b.png) <img src="c.png"> ![[d.png]]'
    assert spans(text) == [("![[d.png]]", None)]
    assert spans(text, with_files=True) == [
        ("b.png", "b.png"),
        ("c.png", "c.png"),
        ("![[d.png]]", None),
    ]


def test_addresses_in_tags_are_found_with_and_without_quotation_marks():
    text = "<img width=3 src=c.png alt=x> <a HREF = 'd.md'>x</a>\n\n<p>\n<img src=e.png/>\n</p>"
    found = [address for _, address in spans(text, with_files=True)]
    assert found == ["c.png", "d.md", "e.png/"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_keeps_the_places(end):
    text = f"a{end}{end}[[b]]{end}{end}- [c](d)"
    assert spans(text) == [("[[b]]", None), ("d", "d")]


def test_callouts_that_never_end_take_no_long_time() -> None:
    text = "[[target]]\n\n" + "::::note\n" * 30_000 + ":::\n" * 30_000
    with bounded(4.0):
        assert len(list(links_in(text))) == 1
