"""Slots: cut out of a rendering, and filled when a page is read."""

import timeit

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.markup.html_allowlist import assert_safe
from tests.markup.pieces import LINES, RUNS
from wiki.markup import render
from wiki.markup.slots import (
    BareLink,
    EmbedSlot,
    FileImage,
    HeadingEnd,
    HeadingStart,
    LinkSlot,
    PictureSlot,
    Slot,
    TaskBox,
    file_names,
    join,
    link_filler,
    split,
    with_slots,
    without_slots,
)
from wiki.naming import path_key


def fill_links(slotted: str, found: dict[str, str], **options: str) -> str:
    return join(split(slotted), {LinkSlot: link_filler(found, **options)})


def slots_in(slotted: str) -> list[Slot]:
    return [part for part in split(slotted) if not isinstance(part, str)]


def filled(text: str, *pages: str) -> str:
    return fill_links(render(text).slotted, {path_key(page): page for page in pages})


EVERY_KIND = """\
# A [[Page name#Part]] & more

- [x] done
- [ ] open

https://e.org and [words](https://e.org) and [[plan v2.pdf]]

![A "cat"](https://e.org/c.png) ![b](/files/12/b%20c.png) ![[shot.png|300]]

![[Other#part]]
"""


def test_every_kind_is_cut_out_in_order_and_nothing_else():
    rendered = render(EVERY_KIND)
    parts = split(rendered.slotted)
    assert slots_in(rendered.slotted) == [
        HeadingStart(2, "a-page-name--part--more"),
        LinkSlot("Page%20name", "#part"),
        HeadingEnd(2, "a-page-name--part--more"),
        TaskBox(True, "Done"),
        TaskBox(False, "Not done"),
        BareLink(),
        LinkSlot("plan%20v2.pdf"),
        PictureSlot("https://e.org/c.png", ' alt="A &quot;cat&quot;" loading="lazy"'),
        FileImage(12, "b%20c.png", ' alt="b" loading="lazy"'),
        EmbedSlot("file", "shot.png", "300"),
        EmbedSlot("page", "Other", "part"),
    ]
    assert all(isinstance(part, str) for part in parts[::2])
    assert join(parts, {}) == rendered.html
    assert with_slots(rendered.html) == rendered.slotted
    assert file_names(parts) == {"plan v2.pdf", "shot.png"}
    assert file_names(parts, {"plan-v2.pdf"}) == {"shot.png"}


def test_a_slot_without_a_filler_stays_as_it_was():
    rendered = render(EVERY_KIND)
    filled = join(split(rendered.slotted), {TaskBox: lambda box: box.label})
    assert filled == rendered.html.replace(
        '<input type="checkbox" disabled checked aria-label="Done">', "Done"
    ).replace('<input type="checkbox" disabled aria-label="Not done">', "Not done")


def test_a_heading_over_two_lines_is_one():
    assert HeadingEnd(2, "a-b") in split(render("a\nb\n===\n").slotted)


def test_the_file_of_the_root_folder_is_the_front_page_unless_a_page_has_its_name():
    text = "[a](../README.md) [b](../index.md#c) [d](guide/index.md)"
    slotted = render(text, path="x/y").slotted
    assert fill_links(slotted, {}, root="/wiki1").count('<a href="/wiki1/">') == 2
    assert 'href="/wiki1/wiki/README"' in fill_links(slotted, {"readme": "README"}, root="/wiki1")
    assert "/new?path=x/guide" in fill_links(slotted, {})


def test_a_written_page_is_a_link_to_it():
    assert filled("[[My Page#why|x]]", "my-page") == (
        '<p><a class="wikilink" href="/wiki/my-page#why">x</a></p>'
    )


def test_the_path_is_quoted():
    assert 'href="/wiki/a/%E1%88%B0%20b"' in fill_links(render("[[x]]").slotted, {"x": "a/ሰ b"})


def test_a_title_nobody_wrote_is_an_offer():
    assert filled("[[My & Page#why|x]]") == (
        '<p><a class="wikilink missing" href="/new?title=My%20%26%20Page"'
        ' title="Not written yet" rel="nofollow">x</a></p>'
    )


def test_a_path_nobody_wrote_is_an_offer_at_that_path():
    assert 'href="/new?path=a/b-c"' in filled("[[a/b-c]]")
    assert 'href="/new?title=TCP%2FIP&amp;path=TCP/IP"' in filled("[[TCP/IP]]")


def test_the_hint_is_the_callers_and_escaped():
    got = fill_links(render("[[x]]").slotted, {}, missing_hint='Noch "leer" <b>')
    assert 'title="Noch &quot;leer&quot; &lt;b&gt;"' in got


def test_a_links_own_title_stays_where_the_page_is_written():
    source = '[x](/wiki/a "Why <this>")'
    assert 'href="/wiki/a" title="Why &lt;this>"' in filled(source, "a").replace("&gt;", ">")
    assert filled(source).count("title=") == 2  # the new page's, and the hint


def test_a_target_full_of_markup_stays_inside_its_attribute():
    got = filled('[["><script>alert(1)</script>]] [[x" onclick="y]]')
    assert "<script" not in got
    assert "onclick=" not in got.replace("onclick%3D", "").split("rel=")[0]


# What is stored of slots, as somebody might type it who knows how; and references to the marks.
FORGED = (
    "\x1elink\x1fx\x1f\x1f onclick=alert(1)\x1e",
    "\x1eheading\x1f2\x1fx\x1e",
    "\x1epicture\x1fx\x1f\x1f onerror=alert(1)\x1e",
    "&#30;link&#31;x&#31;&#31; onclick=alert(1)&#x1E;",
    "\x1e",
    "\x1f",
    "&#30;",
    "&#x1f;",
    "&#0000030",
    '<a class="wikilink" href="wiki:x">',
    '<div class="embed" data-page="x#"></div>',
    '<img src="/files/1/x" onerror=x>',
    '<input type="checkbox" disabled aria-label="x">',
    '<h2 id="x">',
)
PLACES = ("{}", "`{}`", "    {}", "# {}", "```\n{}\n```", "<b title='{}'>x</b>", "<svg>{}</svg>")


def test_no_text_keeps_a_mark():
    for forged in FORGED[:9]:
        for place in PLACES:
            rendered = render(place.format(forged))
            expected = [HeadingStart, HeadingEnd] if rendered.outline else []
            assert [type(slot) for slot in slots_in(rendered.slotted)] == expected, rendered
            assert not {*"\x1e\x1f"} & {*rendered.html}
            assert_safe(rendered.html)


def test_a_mark_that_a_sanitizer_left_is_no_slot():
    got = with_slots(f"<p>{FORGED[0]} {FORGED[1]}</p>")
    assert slots_in(got) == []
    assert without_slots(got) == got
    # Nothing may come together around it, either.
    assert "javascript" not in with_slots('<a href="java\x1escript:x">x</a>')


@settings(max_examples=settings.default.max_examples * 3)
@given(st.lists(st.sampled_from((*FORGED, *RUNS, *LINES, "[[a|b]]", "![[c]]", "\n\n")), max_size=9))
def test_slots_are_those_of_the_sanitized_html(pieces):
    """What is stored says no more than the HTML does that both sanitizers agreed on."""
    rendered = render("".join(pieces))
    assert_safe(rendered.html)
    assert with_slots(rendered.html) == rendered.slotted
    assert rendered.slotted.count("\x1e") == 2 * len(slots_in(rendered.slotted))


@given(st.text(alphabet="\x1e\x1flink<a>=\"'/ h2&#30;", max_size=60))
def test_no_text_in_html_becomes_a_slot(text):
    assert slots_in(render(f"a {text}").slotted) == []


def test_places_in_code_are_text():
    text = '`<a class="wikilink" href="wiki:a">`'
    assert filled(text, "a") == render(text).html


def test_thirty_links_cost_nothing_to_speak_of():
    slotted = render("\n".join(f"[[Page number {n}]] and words" for n in range(30))).slotted
    found = {path_key(f"page number {n}"): f"page-number-{n}" for n in range(0, 30, 2)}
    best = min(timeit.repeat(lambda: fill_links(slotted, found), number=20, repeat=20)) / 20
    assert best < 0.000_5  # seconds; ten times what it takes
