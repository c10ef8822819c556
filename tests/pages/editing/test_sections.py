"""Editing one section: the rest of the page stays as it is, whoever else writes there."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pages.visible_text import main, raw
from tests.person import Person
from wiki.markup import render
from wiki.markup.slots import HeadingStart, join, split
from wiki.pages.sections import line_marker, section_of, with_section

TEXT = "Top.\n\n## One\n\nFirst.\n\n### Deeper\n\nInside.\n\n## Two\n\nSecond.\n"
ONE = "## One\n\nFirst.\n\n### Deeper\n\nInside.\n\n"


@pytest.fixture(autouse=True)
def page(make_page: Any) -> Any:
    return make_page("parts", text=TEXT)


def test_it_works(client: Person, selam: Person) -> None:
    form = selam.open_form("/edit/parts?section=one")
    assert form.values["text"] == ONE
    assert form.submit(text="## One\n\nRewritten.").status_code == 303
    assert raw(client, "parts") == "Top.\n\n## One\n\nRewritten.\n\n## Two\n\nSecond.\n"


def test_a_deeper_section_ends_at_its_next_equal(selam: Person) -> None:
    assert selam.open_form("/edit/parts?section=deeper").values["text"] == (
        "### Deeper\n\nInside.\n\n"
    )


def test_two_sections_are_two_edits(client: Person, selam: Person, dawit: Person) -> None:
    hers = selam.open_form("/edit/parts?section=one")
    his = dawit.open_form("/edit/parts?section=two")
    hers.submit(text=ONE.replace("First.", "First, hers."))
    assert his.submit(text="## Two\n\nSecond, his.\n").status_code == 303
    text = raw(client, "parts")
    assert "First, hers." in text
    assert "Second, his." in text


def test_a_conflict_in_a_section_keeps_the_whole_page(
    client: Person, selam: Person, dawit: Person
) -> None:
    hers, his = (who.open_form("/edit/parts?section=two") for who in (selam, dawit))
    hers.submit(text="## Two\n\nSecond is hers.\n")
    answer = his.submit(text="## Two\n\nSecond belongs to him.\n")
    assert answer.status_code == 409
    form = dawit.form_in(answer, "/edit/parts")
    assert form.values["section"] == ""
    assert form.values["text"].startswith("Top.\n\n## One\n")
    assert form.submit(**{"action": "resolve", "choice-0": "both"}).status_code == 303
    assert raw(client, "parts").endswith("## Two\n\nSecond is hers.\nSecond belongs to him.\n")


def test_changes_are_those_of_the_section(selam: Person) -> None:
    shown = selam.post_form(
        "/edit/parts?section=two", text="## Two\n\nSecond, and more.\n", action="changes"
    )
    assert "<ins>, and more</ins>" in shown.text
    assert "Inside." not in main(shown)


def test_a_section_that_is_none_opens_the_whole_page(selam: Person) -> None:
    cases = ["nothing", "top", "<b>", "One", "a" * 3000, "\u1230\u120b\u121d"]
    for section in cases:
        answer = selam.get("/edit/parts", query_string={"section": section})
        assert answer.status_code == 200, section
        assert "This section can’t be edited separately" in main(answer), section
        assert selam.form_in(answer, "/edit/parts").values["text"] == TEXT, section


def test_a_section_that_went_meanwhile_loses_no_text(
    client: Person, selam: Person, dawit: Person
) -> None:
    form = selam.open_form("/edit/parts?section=two")
    dawit.post_form("/edit/parts", text="Top.\n\n## Three\n\nOther.\n")
    answer = form.submit(text="## Two\n\nAn hour's work.\n")
    # Put back into the revision it was taken from, it conflicts with what went.
    assert answer.status_code == 409
    assert "An hour's work." in main(answer)
    assert raw(client, "parts") == "Top.\n\n## Three\n\nOther.\n"


def test_headings_in_lists_quotes_and_code_begin_no_section(selam: Person, make_page: Any) -> None:
    make_page("odd", text="- ## In a list\n\n> ## In a quote\n\n```\n## In code\n```\n\n## Real\n")
    assert selam.open_form("/edit/odd?section=real").values["text"] == "## Real\n"
    for name in ("in-a-list", "in-a-quote", "in-code"):
        assert "can’t be edited separately" in main(selam.get(f"/edit/odd?section={name}"))


_lines = st.sampled_from(
    ["## a", "### b", "## a", "words", "", "- item", "```", "> ## q", "Under\n===", "    code"]
)


@given(st.lists(_lines, max_size=14))
def test_a_section_put_back_as_it_was_changes_nothing(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    for heading in render(text).outline:
        if heading.line >= 0:
            part = section_of(text, heading.id)
            assert with_section(text, heading.id, part) == text


def test_headings_tell_their_line() -> None:
    rendered = render("Top.\n\n## One & two\n\n- ## Inner\n\n## One & two\n")
    html = join(split(rendered.slotted), {HeadingStart: line_marker(rendered.outline)})
    assert '<h2 id="one--two" data-source-line="2">' in html
    assert '<h2 id="one--two-1" data-source-line="6">' in html
    assert '<h2 id="inner">' in html
