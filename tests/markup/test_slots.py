"""Slots: cut out of a rendering, and filled when a page is read."""

import timeit

from wiki.markup import render
from wiki.markup.slots import (
    BareLink,
    EmbedSlot,
    FileImage,
    HeadingEnd,
    HeadingStart,
    LinkSlot,
    PictureSlot,
    TaskBox,
    file_names,
    join,
    link_filler,
    split,
)
from wiki.naming import path_key


def fill_links(html: str, found: dict[str, str], **options: str) -> str:
    return join(split(html), {LinkSlot: link_filler(found, **options)})


def filled(text: str, *pages: str) -> str:
    return fill_links(render(text).html, {path_key(page): page for page in pages})


EVERY_KIND = """\
# A [[Page name#Part]] & more

- [x] done
- [ ] open

https://e.org and [words](https://e.org) and [[plan v2.pdf]]

![A "cat"](https://e.org/c.png) ![b](/files/12/b%20c.png) ![[shot.png|300]]

![[Other#part]]
"""


def test_every_kind_is_cut_out_in_order_and_nothing_else():
    html = render(EVERY_KIND).html
    parts = split(html)
    assert [part for part in parts if not isinstance(part, str)] == [
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
    assert join(parts, {}) == html
    assert file_names(parts) == {"plan v2.pdf", "shot.png"}
    assert file_names(parts, {"plan-v2.pdf"}) == {"shot.png"}


def test_a_slot_without_a_filler_stays_as_it_was():
    html = render(EVERY_KIND).html
    assert join(split(html), {TaskBox: lambda box: box.label}) == html.replace(
        '<input type="checkbox" disabled checked aria-label="Done">', "Done"
    ).replace('<input type="checkbox" disabled aria-label="Not done">', "Not done")


def test_a_heading_over_two_lines_is_one():
    assert HeadingEnd(2, "a-b") in split(render("a\nb\n===\n").html)


def test_the_file_of_the_root_folder_is_the_front_page_unless_a_page_has_its_name():
    text = "[a](../README.md) [b](../index.md#c) [d](guide/index.md)"
    html = render(text, path="x/y").html
    assert fill_links(html, {}, root="/wiki1").count('<a href="/wiki1/">') == 2
    assert 'href="/wiki1/wiki/README"' in fill_links(html, {"readme": "README"}, root="/wiki1")
    assert "/new?path=x/guide" in fill_links(html, {})


def test_a_written_page_is_a_link_to_it():
    assert filled("[[My Page#why|x]]", "my-page") == (
        '<p><a class="wikilink" href="/wiki/my-page#why">x</a></p>'
    )


def test_the_path_is_quoted():
    assert 'href="/wiki/a/%E1%88%B0%20b"' in fill_links(render("[[x]]").html, {"x": "a/ሰ b"})


def test_a_title_nobody_wrote_is_an_offer():
    assert filled("[[My & Page#why|x]]") == (
        '<p><a class="wikilink missing" href="/new?title=My%20%26%20Page"'
        ' title="Not written yet" rel="nofollow">x</a></p>'
    )


def test_a_path_nobody_wrote_is_an_offer_at_that_path():
    assert 'href="/new?path=a/b-c"' in filled("[[a/b-c]]")
    assert 'href="/new?title=TCP%2FIP&amp;path=TCP/IP"' in filled("[[TCP/IP]]")


def test_the_hint_is_the_callers_and_escaped():
    got = fill_links(render("[[x]]").html, {}, missing_hint='Noch "leer" <b>')
    assert 'title="Noch &quot;leer&quot; &lt;b&gt;"' in got


def test_a_links_own_title_stays_where_the_page_is_written():
    source = '[x](/wiki/a "Why <this>")'
    assert 'href="/wiki/a" title="Why &lt;this>"' in filled(source, "a").replace("&gt;", ">")
    assert filled(source).count("title=") == 2  # the new page's, and the hint


def test_a_target_full_of_markup_stays_inside_its_attribute():
    got = filled('[["><script>alert(1)</script>]] [[x" onclick="y]]')
    assert "<script" not in got
    assert "onclick=" not in got.replace("onclick%3D", "").split("rel=")[0]


def test_places_in_code_are_text():
    text = '`<a class="wikilink" href="wiki:a">`'
    assert filled(text, "a") == render(text).html


def test_thirty_links_cost_nothing_to_speak_of():
    html = render("\n".join(f"[[Page number {n}]] and words" for n in range(30))).html
    found = {path_key(f"page number {n}"): f"page-number-{n}" for n in range(0, 30, 2)}
    best = min(timeit.repeat(lambda: fill_links(html, found), number=20, repeat=20)) / 20
    assert best < 0.000_5  # seconds; ten times what it takes
