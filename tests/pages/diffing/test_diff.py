"""The difference of two texts, and the page that shows it."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.pages.visible_text import main
from tests.person import Person
from tests.processor_time import bounded
from wiki.pages.diffing.diff import MAX_ROWS, Diff, Span, diff_texts
from wiki.pages.diffing.rendered_diff import diff_rendered

LINE = st.lists(st.sampled_from(["one", "two", "three", " ", "\t", ".", "é", "<b>"]), max_size=5)
TEXT = st.lists(LINE.map("".join), max_size=10).map("\n".join)


def joined(spans: tuple[Span, ...]) -> str:
    return "".join(text for text, _is_marked in spans)


def left_of(diff: Diff) -> str:
    rows = [row for row in diff.rows if row.kind in ("same", "changed", "removed")]
    return "\n".join(joined(row.left) for row in rows)


def right_of(diff: Diff) -> str:
    rows = [row for row in diff.rows if row.kind in ("same", "changed", "added")]
    return "\n".join(joined(row.right) for row in rows)


# The page


@pytest.fixture
def changed(make_page: Any, selam: Person) -> None:
    make_page("redis", text="# Redis\n\nIt is quick.\n", summary="A start")
    selam.post_form("/edit/redis", text="# Redis\n\nIt is fast.\n\nAnd small.\n", summary="Better")


@pytest.mark.usefixtures("changed")
def test_it_works(client: Person) -> None:
    answer = client.get("/diff/redis?from=1&to=2")
    assert answer.status_code == 200
    assert "<del>quick</del>" in answer.text
    assert "<ins>fast</ins>" in answer.text
    words = main(answer)
    for word in ("Revision 1", "Revision 2", "A start", "Better", "selam", "+3", "And small."):
        assert word in words


@pytest.mark.usefixtures("changed")
def test_one_below_the_other(client: Person) -> None:
    answer = client.get("/diff/redis?from=1&to=2&view=inline")
    assert "<ins>fast</ins>" in answer.text
    assert "Side by side" in main(answer)


@pytest.mark.usefixtures("changed")
def test_without_numbers_it_is_the_last_change(client: Person) -> None:
    assert main(client.get("/diff/redis")) == main(client.get("/diff/redis?from=1&to=2"))


@pytest.mark.usefixtures("changed")
def test_the_order_of_the_numbers_means_nothing(client: Person) -> None:
    assert main(client.get("/diff/redis?from=2&to=1")) == main(
        client.get("/diff/redis?from=1&to=2")
    )


@pytest.mark.usefixtures("changed")
@pytest.mark.parametrize("number", [1, 2])
def test_a_revision_is_the_same_as_itself(client: Person, number: int) -> None:
    answer = client.get(f"/diff/redis?from={number}&to={number}")
    assert answer.status_code == 200
    assert "Both texts are identical." in main(answer)


def test_a_page_with_one_revision(client: Person, make_page: Any) -> None:
    make_page("redis")
    assert client.get("/diff/redis").status_code == 200


@pytest.mark.usefixtures("changed")
def test_a_revision_that_there_is_not(client: Person) -> None:
    for end in ["from", "to"]:
        for number in ["0", "3", "-1", "abc", "", "1.5", "9" * 30, "%00", "١"]:
            answer = client.get(f"/diff/redis?{end}={number}")
            assert answer.status_code == 404, (end, number)
            assert "No such revision" in main(answer), (end, number)


@pytest.mark.usefixtures("changed")
def test_the_number_of_another_pages_revision(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("celery")
    for text in ("One.\n", "Two.\n"):
        selam.post_form("/edit/celery", text=text)
    assert client.get("/diff/celery?from=1&to=3").status_code == 200
    assert client.get("/diff/redis?from=1&to=3").status_code == 404


def test_texts_are_escaped(client: Person, selam: Person, make_page: Any) -> None:
    make_page("redis", title="<b>One</b>", text="<script>old()</script>\n")
    selam.post_form("/edit/redis", title="<b>Two</b>", text="<script>new()</script>\n")
    text = client.get("/diff/redis").text.partition("<main")[2]
    assert "<script>" not in text
    assert "<b>" not in text


def test_what_stands_beside_the_text_is_compared_too(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("it-breaks", text="One.\n", kind="challenge", tags=["one", "two"])
    selam.post_form("/edit/it-breaks", status="solved", tags="two, three", title="It broke")
    words = main(client.get("/diff/it-breaks"))
    for told in ("Title It breaks → It broke", "Tags one three", "Status Open → Solved"):
        assert told in words
    assert "Both texts are identical." in words


def test_white_space_that_changed_is_seen(client: Person, selam: Person, make_page: Any) -> None:
    make_page("redis", text="One two\n")
    selam.post_form("/edit/redis", text="One\ttwo  \n")
    text = client.get("/diff/redis").text
    assert "<del>·</del>" in text
    assert "<ins>→\t</ins>" in text
    assert "<ins>··</ins>" in text


def test_a_line_that_moved_says_so(client: Person, selam: Person, make_page: Any) -> None:
    lines = [f"This is line number {number}.\n" for number in range(9)]
    make_page("redis", text="".join(lines))
    selam.post_form("/edit/redis", text="".join([*lines[1:], lines[0]]))
    words = main(client.get("/diff/redis"))
    assert "moved to line 9" in words
    assert "moved from line 1" in words


# The rows


def test_a_change_of_a_word_marks_the_word() -> None:
    (row,) = diff_texts("It is quick.", "It is fast.").rows
    assert row.kind == "changed"
    assert row.left == (("It is ", False), ("quick", True), (".", False))
    assert row.right == (("It is ", False), ("fast", True), (".", False))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("बाल", "बोल"),
        ("cafe\u0301", "cafe\u0300"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👦"),
        ("👍🏽", "👍🏿"),
        ("🇪🇹", "🇪🇷"),
        ("1\ufe0f\u20e3", "2\ufe0f\u20e3"),
        ("辻\U000e0100", "辻\U000e0101"),
        ("می\u200cخواهم", "می\u200cخواهیم"),
    ],
)
def test_what_is_drawn_as_one_is_marked_whole(old: str, new: str) -> None:
    (row,) = diff_texts(f"Before it, {old} and after it.", f"Before it, {new} and after it.").rows
    assert row.right == (("Before it, ", False), (new, True), (" and after it.", False))
    (part,) = diff_rendered(f"<p>It: {old} is.</p>", f"<p>It: {new} is.</p>")
    assert part.html == f"<p>It: <del>{old}</del><ins>{new}</ins> is.</p>"


@given(st.text() | st.text("aा \u200d\ufe0f👩🏽🇪1\u20e3"))
def test_no_character_is_lost(text: str) -> None:
    diff = diff_texts(text, f"{text}a", 99)
    assert (left_of(diff), right_of(diff)) == (text, f"{text}a")


def test_lines_far_from_a_change_are_folded() -> None:
    lines = [str(number) for number in range(100)]
    diff = diff_texts("\n".join(lines), "\n".join([*lines[:50], "new", *lines[50:]]))
    assert [row.kind for row in diff.rows] == [
        "fold",
        *["same"] * 3,
        "added",
        *["same"] * 3,
        "fold",
    ]
    assert sum(row.count for row in diff.rows) == 94
    assert (diff.added, diff.removed) == (1, 0)


def test_only_a_line_feed_ends_a_line() -> None:
    diff = diff_texts("one\x0btwo\u2028three", "one\x0btwo\u2028four")
    assert len(diff.rows) == 1


def test_a_missing_end_of_the_last_line_is_seen() -> None:
    assert not diff_texts("one\n", "one").is_empty


def test_long_texts_take_no_long_time() -> None:
    old = "".join(f"line {number}\n" for number in range(30_000))
    with bounded(10):
        diff_texts(old, old.replace("7", "seven"))
        diff_texts("word " * 100_000, "other " * 100_000)


@given(old=TEXT, new=TEXT)
def test_the_rows_are_both_texts(old: str, new: str) -> None:
    assume(old != new)  # else everything is folded
    diff = diff_texts(old, new, context=1_000)
    assert left_of(diff) == old
    assert right_of(diff) == new
    assert not diff.is_empty


@given(old=TEXT, new=TEXT)
def test_numbers_and_counts_are_those_of_the_lines(old: str, new: str) -> None:
    assume(old != new)  # else everything is folded
    diff = diff_texts(old, new, context=1_000)
    left = [row.left_number for row in diff.rows if row.left_number]
    right = [row.right_number for row in diff.rows if row.right_number]
    assert left == list(range(1, old.count("\n") + 2))
    assert right == list(range(1, new.count("\n") + 2))
    assert diff.added - diff.removed == new.count("\n") - old.count("\n")


@given(old=TEXT, new=TEXT, context=st.integers(0, 3))
def test_folding_hides_only_what_is_the_same(old: str, new: str, context: int) -> None:
    assume(old != new)
    whole, folded = diff_texts(old, new, context=1_000), diff_texts(old, new, context=context)
    shown = [row for row in folded.rows if row.kind != "fold"]
    hidden = sum(row.count for row in folded.rows)
    assert [row for row in whole.rows if row.kind != "same"] == [
        row for row in shown if row.kind != "same"
    ]
    assert len(whole.rows) == len(shown) + hidden


@given(old=st.text(max_size=60), new=st.text(max_size=60))
def test_it_never_fails(old: str, new: str) -> None:
    assert diff_texts(old, new).is_empty == (old == new)


def test_what_no_page_can_show_is_cut_with_a_word(make_page: Any, selam: Person) -> None:
    make_page("long", text="".join(f"line {number}\n" for number in range(MAX_ROWS + 5)))
    selam.post_form("/edit/long", text="another text\n")
    words = main(selam.get("/diff/long"))
    assert f"−{MAX_ROWS + 5}" in words
    assert "line 20" in words
    assert f"line {MAX_ROWS + 4}" not in words
    assert "There are more changes than fit on a page." in words


def test_a_fold_is_no_row_a_line() -> None:
    same = "line\n" * 10_000
    diff = diff_texts(f"{same}old\n{same}", f"{same}new\n{same}")
    assert [row.count for row in diff.rows if row.kind == "fold"] == [9_997, 9_998]
    assert len(diff.rows) < 20
    assert (diff.added, diff.removed) == (1, 1)
    assert not diff.is_cut
