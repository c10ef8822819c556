"""Levels, ids and the outline."""

import pytest

from wiki.markup import Heading, render


def outline(text: str) -> list[tuple[int, str, str]]:
    return [(h.level, h.id, h.text) for h in render(text).outline]


def test_a_heading_has_an_id_and_a_link_to_itself():
    rendered = render("## Why & *how*")
    assert rendered.html == (
        '<h2 id="why--how">Why &amp; <em>how</em>'
        '<a class="anchor" href="#why--how" aria-label="Link to this section">#</a></h2>'
    )
    assert rendered.outline == (Heading(2, "why--how", "Why & how", 0),)
    assert rendered.headings == ("Why & how",)


def test_the_title_is_the_only_h1():
    assert [level for level, *_ in outline("# a\n## b\n###### c")] == [2, 3, 6]
    assert [level for level, *_ in outline("## a\n### b")] == [2, 3]
    assert [level for level, *_ in outline("## a\n# b\n## c")] == [2, 2, 3]
    assert "<h1" not in render("<h1>Hello</h1>").html


# As GitHub makes them.
@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("What's new?", "whats-new"),
        ("C++ and C#", "c-and-c"),
        ("a -- b", "a----b"),
        ("snake_case `code()`", "snake_case-code"),
        ("Ärger & Öl", "ärger--öl"),
        ("ሰላም ዓለም።", "ሰላም-ዓለም"),
        ("हिन्दी में", "हिन्दी-में"),
        ("中文，标题", "中文标题"),
        ("مرحبا بالعالم؟", "مرحبا-بالعالم"),
        ("1.2.3", "123"),
        ("[a link](https://e.org)", "a-link"),
        ("nx-main", "user-nx-main"),
        ("!!!", "section"),
    ],
)
def test_ids_are_githubs(text, slug):
    assert outline(f"## {text}")[0][1] == slug


def test_the_same_heading_twice():
    text = "## a\n## a\n## a-1\n## a"
    assert [slug for _, slug, _ in outline(text)] == ["a", "a-1", "a-1-1", "a-2"]


def test_a_heading_inside_a_link_gets_no_link_in_the_link():
    got = render('<a href="https://e.org">\n\n## x\n\n</a>').html
    assert got.count("<a ") == 1


def test_a_hash_without_a_space_is_no_heading():
    assert render("#tag").html == "<p>#tag</p>"
