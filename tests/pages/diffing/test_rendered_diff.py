"""The difference as readers see it: never more than what the sanitizer let through."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.markup.html_allowlist import assert_safe
from tests.markup.pieces import LINES, RUNS
from tests.pages.visible_text import main
from tests.person import Person
from wiki.markup import render
from wiki.pages.budget import Budget
from wiki.pages.diffing.rendered_diff import RenderingsTooLong, diff_rendered

HOSTILE = ['<a href="x" title="q&quot; id=&quot;">a</a>', "<img src=x onerror=alert(1)>", "'\"><b>"]
documents = st.lists(
    st.sampled_from([*RUNS, *LINES, *HOSTILE, "word ", "other ", "\n\n", "| a |\n|---|\n| b |\n"])
).map("".join)


def diffed(old: str, new: str) -> str:
    return "".join(part.html for part in diff_rendered(render(old).html, render(new).html))


def side(html: str, kept: str, gone: str) -> str:
    """The text of one side, without white space."""
    html = re.sub(rf"<{gone}>.*?</{gone}>", "", html, flags=re.DOTALL)
    return "".join(re.sub(r"<[^>]*>", "", html).split())


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("One two.\n", "One three.\n", "<p>One <del>two</del><ins>three</ins>.</p>"),
        ("One.\n", "One.\n\nMore.\n", "<p><ins>More.</ins></p>"),
        ("One.\n\nGone.\n", "One.\n", "<p><del>Gone.</del></p>"),
        ("- a\n- b\n", "- a\n- b\n- c\n", "<li><ins>\nc\n</ins></li>"),
        ("A word.\n", "A **word**.\n", "<del>word</del><strong><ins>word</ins></strong>"),
        (
            "| a | b |\n|---|---|\n| k | x |\n",
            "| a | b |\n|---|---|\n| k | y |\n",
            "<td><del>x</del><ins>y</ins></td>",
        ),
        ("A b c d e.\n", "A x y z e.\n", "A <del>b c d</del><ins>x y z</ins> e."),
        ("Is $a$.\n", "Is $b$.\n", "<ins><math>"),
        (
            "Use `a` here.\n",
            "Use `b` here.\n",
            "<del><code>a</code></del><ins><code>b</code></ins>",
        ),
    ],
)
def test_words_are_marked_where_they_stand(old: str, new: str, shown: str) -> None:
    assert shown in diffed(old, new)


def test_code_is_shown_whole_before_and_after() -> None:
    html = diffed("```\na\n```\n", "```\nb\n```\n")
    assert html.count("<pre") == 2
    assert "<del>" in html
    assert "<ins>" in html


def test_ids_stand_there_once() -> None:
    html = diffed("# One\n\nA text about it.\n", "# Two\n\nA text about that.\n\n# One more\n")
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))


def test_long_stretches_fold() -> None:
    paragraphs = [f"Paragraph number {number}.\n\n" for number in range(40)]
    old = "".join(paragraphs)
    parts = diff_rendered(render(old).html, render(old + "At the end.\n").html)
    assert [part.count for part in parts if part.is_same] == [39]
    assert "Paragraph number 39" in "".join(part.html for part in parts if not part.is_same)


def test_what_is_too_much_is_not_begun() -> None:
    with pytest.raises(RenderingsTooLong):
        diff_rendered("<p>a</p>" * 40_000, "<p>b</p>" * 40_000)
    # Past its words whole blocks are marked.
    html = "".join(p.html for p in diff_rendered("<p>a b</p>", "<p>a c</p>", Budget(words=0)))
    assert html == "<p><del>a b</del></p><p><ins>a c</ins></p>"


@given(old=documents, new=documents)
def test_it_is_as_safe_as_both(old: str, new: str) -> None:
    html = diffed(old, new)
    assert_safe(html.replace("<ins>", "").replace("</ins>", ""))
    assert html.count("<ins>") == html.count("</ins>")


@pytest.mark.parametrize(
    "text", ["<table><td>", "<table><tr>", "<ul><li>", "<dl><dt>", "| a |\n|---|\n|  |\n"]
)
def test_no_mark_stands_around_an_empty_part_of_a_table_or_list(text: str) -> None:
    for html in (diffed(text, ""), diffed("", text)):
        assert_safe(html.replace("<ins>", "").replace("</ins>", ""))
        assert not re.search(r"<(ins|del)><(td|th|tr|li|dt)\b", html)


@given(words=st.lists(st.sampled_from(["a", "b", "**c**", "[d](e)", "`f`", "\n\n", "- g\n"])))
def test_each_side_can_be_read_out_of_it(words: list[str]) -> None:
    old, new = " ".join(words), " ".join(words[::-1])
    html = diffed(old, new)
    before, after = (re.sub(r"<[^>]*>", "", render(text).html) for text in (old, new))
    assert side(html, "ins", "del") == "".join(after.split())
    assert sorted(side(html, "del", "ins")) == sorted("".join(before.split()))


def test_it_is_a_view_of_the_difference(client: Person, selam: Person, make_page: Any) -> None:
    make_page("redis", text="See [[celery]] for *more*.\n\n<b>Kept.</b>\n")
    selam.post_form(
        "/edit/redis", text="See [[guide]] for *all*.\n\n<b>Kept.</b><script>x</script>\n"
    )
    (link,) = re.findall(r'href="(/diff/[^"]*view=rendered[^"]*)"', client.get("/diff/redis").text)
    answer = client.get(link.replace("&amp;", "&"))
    assert "<del>more</del>" in answer.text
    assert "<ins>all</ins>" in answer.text
    assert "/new?title" not in link
    assert 'href="wiki:' not in answer.text
    assert "<script>x" not in answer.text
    assert "Source" in main(answer)


def test_what_is_too_long_is_shown_by_its_source(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("long", text="A word. " * 40_000)
    selam.post_form("/edit/long", text="A word. " * 40_000 + "End.\n")
    answer = client.get("/diff/long?view=rendered")
    assert answer.status_code == 200
    assert "These are the sources" in main(answer)
    assert len(answer.data) < 1_000_000
