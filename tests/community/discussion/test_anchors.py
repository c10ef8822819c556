"""Anchors: passages are found again in texts that have changed, or not at all."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wiki.community.discussion.anchoring.anchors import (
    Anchor,
    PageSection,
    PageText,
    folded,
    squeezed,
)

PORTS = PageSection(
    "ports", "Ports", "Publish them with -p 8000:80, the host's first.\nThen open it."
)
VOLUMES = PageSection("volumes", "Volumes", "What it writes is gone.\nThen open it.")
PAGE = PageText([PageSection("", "", "Docker runs programs."), PORTS, VOLUMES])


def anchored(quote: str, heading: str = "", page: PageText = PAGE, **around: str) -> Anchor:
    anchor = page.anchor_of(Anchor(1, heading, quote=quote, **around))
    assert anchor is not None
    return anchor


def test_the_same_page_has_it() -> None:
    anchor = anchored("the host's first")
    assert (anchor.heading, anchor.heading_text) == ("ports", "Ports")
    assert anchor.before == "orts Publish them with -p 8000:80, "[-32:]
    assert anchor.after == ". Then open it. Volumes What it writes"[:32]
    assert PAGE.locate(anchor).found == "words"


def test_words_are_found_across_lines_and_markup() -> None:
    """As a browser gives a selection: lines end elsewhere, and signs of Markdown are gone."""
    assert anchored("host’s first.   Then\n\nopen it").heading == "ports"


def test_the_same_words_elsewhere_are_told_apart_by_what_is_around_them() -> None:
    first = anchored("Then open it.", before="the host's first. ")
    second = anchored("Then open it.", before="What it writes is gone. ")
    assert (first.heading, second.heading) == ("ports", "volumes")
    changed = PageText([VOLUMES, PORTS])
    assert changed.locate(first).heading == "ports"
    assert changed.locate(second).heading == "volumes"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Publish them with -p 8000:80, the host's first.", "words"),
        ("Publish  them with `-p 8000:80`, the **host’s** first!", "rewritten"),
        ("Publish them with -P, all of them.", "heading"),
    ],
)
def test_a_changed_section(text: str, found: str) -> None:
    anchor = anchored("-p 8000:80, the host's first")
    place = PageText([PageSection("ports", "Ports", text)]).locate(anchor)
    assert (place.found, place.heading) == (found, "ports")


def test_a_passage_that_moved_under_another_heading() -> None:
    anchor = anchored("with -p 8000:80, the host's first")
    place = PageText([PageSection("publish", "Publishing", PORTS.text)]).locate(anchor)
    assert (place.found, place.heading) == ("words", "publish")


def test_neither_words_nor_heading() -> None:
    anchor = anchored("the host's first")
    assert PageText([VOLUMES]).locate(anchor).found == "earlier"
    assert PageText([]).locate(anchor).found == "earlier"


def test_a_heading_is_found_by_its_words_when_its_id_changed() -> None:
    anchor = PAGE.anchor_of(Anchor(1, "ports"))
    assert anchor is not None
    place = PageText([PageSection("ports-1", "Ports", "Else.")]).locate(anchor)
    assert (place.found, place.heading) == ("section", "ports-1")
    assert PageText([VOLUMES]).locate(anchor).found == "earlier"
    assert PAGE.locate(Anchor(1)).found == "page"


def test_a_short_word_that_stands_anywhere_is_not_taken_for_the_passage() -> None:
    anchor = anchored("it", "volumes", before="What ")
    other = PageText([PageSection("volumes", "Volumes", "A visitor may edit.")])
    assert other.locate(anchor).found == "heading"


def test_words_and_sections_that_are_not_there_make_no_anchor() -> None:
    assert PAGE.anchor_of(Anchor(1, quote="never said")) is None
    assert PAGE.anchor_of(Anchor(1, "nowhere")) is None
    assert PAGE.anchor_of(Anchor(1, quote="*")) is None


# Random edits

words = st.sampled_from(
    ["redis", "የገጹ", "keeps", "-p", "80:80", "مرحبا", "it", "x = y[0]", "**b**"]
)
texts = st.lists(words, min_size=1, max_size=30).map(" ".join)
sections = st.lists(texts, min_size=1, max_size=4).map(
    lambda parts: [PageSection(f"h{n}", f"Heading {n}", text) for n, text in enumerate(parts)]
)


@st.composite
def edited(draw: st.DrawFn) -> tuple[PageText, Anchor, PageText]:
    """A page, an anchor for some of its words, and the page after some edits."""
    before = draw(sections)
    at = draw(st.integers(0, len(before) - 1))
    said = before[at].text.split(" ")
    begin = draw(st.integers(0, len(said) - 1))
    quote = " ".join(said[begin : begin + draw(st.integers(1, 8))])
    anchor = PageText(before).anchor_of(Anchor(1, before[at].id, quote=quote))
    assume(anchor is not None)
    after = list(before)
    for _ in range(draw(st.integers(0, 4))):
        match draw(st.sampled_from(["drop", "add", "change", "rename", "move"])):
            case "drop" if after:
                after.pop(draw(st.integers(0, len(after) - 1)))
            case "add":
                after.insert(
                    draw(st.integers(0, len(after))), PageSection("new", "New", draw(texts))
                )
            case "change" if after:
                n = draw(st.integers(0, len(after) - 1))
                after[n] = PageSection(after[n].id, after[n].heading, draw(texts))
            case "rename" if after:
                n = draw(st.integers(0, len(after) - 1))
                after[n] = PageSection("renamed", "Renamed", after[n].text)
            case "move":
                after.reverse()
    assert anchor is not None
    return PageText(before), anchor, PageText(after)


@given(edited())
def test_an_anchor_survives_or_says_that_it_is_of_an_earlier_version(
    case: tuple[PageText, Anchor, PageText],
) -> None:
    page, anchor, later = case
    assert page.locate(anchor).found == "words"
    place = later.locate(anchor)
    section = next((s for s in later.sections if s.id == place.heading), None)
    if place.found in ("words", "rewritten"):
        said = " ".join(f"{s.heading} {s.text}" for s in later.sections)
        assert folded(anchor.quote) in folded(said)
        assert section is not None
    elif place.found == "heading":
        assert section is not None
        assert section.id == anchor.heading or section.heading == anchor.heading_text
    else:
        assert place.found == "earlier"
        assert all(s.id != anchor.heading for s in later.sections)


@given(sections, st.data())
def test_what_nobody_touched_stays_where_it_was(
    parts: list[PageSection], data: st.DataObject
) -> None:
    """Sections added before and after a passage don't move it."""
    at = data.draw(st.integers(0, len(parts) - 1))
    anchor = PageText(parts).anchor_of(Anchor(1, parts[at].id, quote=parts[at].text))
    assert anchor is not None
    more = PageSection("new", "New", "Something else altogether.")
    place = PageText([more, *parts, more]).locate(anchor)
    assert place.found == "words"
    assert squeezed(anchor.quote) in squeezed(
        next(f"{s.heading} {s.text}" for s in parts if s.id == place.heading)
    )
