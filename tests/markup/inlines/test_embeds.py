"""What a page shows of other pages is a marked place that only the wiki can write."""

import pytest

from wiki.markup import render
from wiki.markup.inlines.embeds import picture_size
from wiki.markup.model import InternalLink
from wiki.markup.slots import EmbedSlot, slots_of, with_slots


def found(text: str) -> list[EmbedSlot]:
    return slots_of(render(text).slotted, EmbedSlot)


def test_a_page_alone_in_its_paragraph_is_shown():
    assert found("![[Django ORM#N+1 queries]]") == [EmbedSlot("page", "Django ORM", "n1-queries")]
    assert "<p>" not in render("![[redis]]").html


def test_it_counts_as_a_link_of_the_page():
    assert render("![[redis]]\n\n[[celery]]").links == (
        InternalLink("celery", "", "wiki"),
        InternalLink("redis", "", "embed"),
    )


def test_within_a_line_it_is_a_link():
    rendered = render("See ![[redis]] first")
    assert found("See ![[redis]] first") == []
    assert rendered.links == (InternalLink("redis", "", "wiki"),)
    assert rendered.plain == "See redis first"


def test_a_picture_by_its_name():
    assert found("a ![[my shot.PNG|300x200]] b") == [EmbedSlot("file", "my shot.PNG", "300x200")]
    assert found("![[folder/shot.webp|A tree]]") == [EmbedSlot("file", "shot.webp", "A tree")]


@pytest.mark.parametrize("name", ["talk.mp3", "folder/plan.PDF", "data.zip"])
def test_a_file_that_is_no_picture_is_a_link_to_it(name):
    assert render(f"![[{name}|Listen]]") == render(f"[[{name}|Listen]]")
    assert found("![[node.js]]") == [EmbedSlot("page", "node.js", "")]


@pytest.mark.parametrize(
    ("detail", "size"),
    [("300", (300, None)), ("300x200", (300, 200)), ("A tree", (None, None)), ("", (None, None))],
)
def test_sizes(detail, size):
    assert picture_size(detail) == size


def test_a_list_of_pages_by_query():
    assert found("```pages\ntag: django\nlimit: 5\n```") == [
        EmbedSlot("pages", "tag: django\nlimit: 5", "")
    ]


@pytest.mark.parametrize("text", ["`![[x]]`", "```\n![[x]]\n```", "![[]]", "![[#x]]", "\\![[x]]"])
def test_what_is_none(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        '<div class="embed" data-page="x"></div>',
        '<div class="embed" data-pages="tag%3A%20x#"></div>',
        '<span class="embed" data-file="x.png#"></span>',
    ],
)
def test_nobody_can_write_a_place(text):
    assert found(text) == []


def test_a_place_is_read_as_it_was_written():
    place = EmbedSlot("page", 'a"><script>&/ሰላም', "b#c")
    assert slots_of(with_slots(f"<p>{place.html}</p>"), EmbedSlot) == [place]
    assert "<script" not in place.html
