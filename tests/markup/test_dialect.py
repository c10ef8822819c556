"""What each kind of Markdown becomes."""

import pytest

from tests.processor_time import bounded
from wiki.markup import render
from wiki.markup.pipeline import render_unbounded


def html(text: str, path: str = "") -> str:
    return render(text, path=path).html


def test_a_paragraph_with_emphasis_code_and_a_break():
    assert html("*a* **b** `<c>`  \nd") == (
        "<p><em>a</em> <strong>b</strong> <code>&lt;c&gt;</code><br>\nd</p>"
    )


def test_an_empty_text_is_an_empty_page():
    rendered = render(" \n\t\n")
    assert (rendered.html, rendered.plain, rendered.is_complete) == ("", "", True)
    assert rendered.sections == rendered.outline == rendered.links == ()


def test_character_references_are_what_they_stand_for():
    assert html("&lt;b&gt; &amp;lt; AT&T &copy; a & b") == (
        "<p>&lt;b&gt; &amp;lt; AT&amp;T © a &amp; b</p>"
    )


def test_both_tildes_strike_through():
    assert html("~~a~~ ~b~") == "<p><del>a</del> <del>b</del></p>"


def test_a_table_scrolls_in_a_named_region_and_is_aligned_by_class():
    got = html("| a | b | c |\n|:--|:-:|--:|\n| 1 | `x\\|y` | 3 |")
    assert got.startswith(
        '<div class="table-scroll" tabindex="0" role="region" aria-label="Table"><table>'
    )
    assert got.endswith("</table></div>")
    assert '<th class="align-left">a</th>' in got
    assert '<td class="align-center"><code>x|y</code></td>' in got
    assert '<td class="align-right">3</td>' in got
    assert "style" not in got


def test_a_table_in_html_scrolls_too():
    assert html("<table><tr><td>a</td></tr></table>").count('class="table-scroll"') == 1


def test_tasks_are_boxes_that_nobody_can_tick():
    got = html("- [ ] open\n- [x] done\n- plain")
    assert got.count('<li class="task">') == 2
    assert '<input type="checkbox" disabled aria-label="Not done"> open' in got
    assert '<input type="checkbox" disabled checked aria-label="Done"> done' in got


def test_the_box_of_a_loose_task_stands_in_its_paragraph():
    assert '<p><input type="checkbox" disabled checked aria-label="Done"> a</p>' in html(
        "- [x] a\n\n- b"
    )


def test_a_task_without_a_text_keeps_its_box_to_itself():
    got = html("- [ ] \n\nAfter\n\n- [ ] real\n")
    assert "<ul>\n<li>[ ]</li>\n</ul>\n<p>After</p>" in got
    assert got.count('<li class="task">') == got.count("<input") == 1
    assert render("- [ ] \n\nAfter\n\n- [ ] real\n").tasks == (4,)


def test_a_task_without_a_text_leaves_the_tasks_below_it():
    rendered = render("- [x] \n  - [ ] below\n- [ ] \t\n")
    assert rendered.html.startswith('<ul>\n<li>[x]<ul class="tasks">\n<li class="task">')
    assert rendered.tasks == (1,)
    assert rendered.plain == "[x]\nbelow\n[ ]"


def test_a_note_and_the_way_back():
    got = html("Water[^w] and water[^w].\n\n[^w]: H2O")
    assert '<sup class="footnote-ref"><a href="#fn:1" id="fnref:1">1</a></sup>' in got
    assert '<a href="#fn:1" id="fnref:1:2">1</a>' in got
    assert '<section class="footnotes">' in got
    assert '<li id="fn:1">' in got
    assert 'href="#fnref:1" aria-label="Back to the text"' in got
    assert 'href="#fnref:1:2" aria-label="Back to the text 2"' in got
    assert "\u21a9\ufe0e<sup>2</sup></a>" in got


def test_bare_addresses_are_links():
    got = html("See https://example.org/a_b_c?d=1&e=2, www.example.org and me@example.org.")
    assert 'href="https://example.org/a_b_c?d=1&amp;e=2"' in got
    assert 'href="http://www.example.org"' in got
    assert 'href="mailto:me@example.org"' in got
    assert got.count('rel="nofollow ugc noopener"') == 3


def test_a_bare_address_after_a_long_line_keeps_what_stands_before_it():
    got = html("a rather long line of text: see:https://example.org and (http://b.org)")
    assert (
        render("a rather long line: (http://b.org)").plain == "a rather long line: (http://b.org)"
    )
    assert 'href="http://b.org"' in got


@pytest.mark.parametrize(
    "around",
    [
        '"{}"',
        "“{}”",
        "={}",
        "看{}。谢谢",
        "看{}、",
        "（{}）",
        "ተመልከት፡{}",
        "1{}.",
        "git+{}",
        "_{}_",
        "see:{}",
    ],
)
def test_a_bare_address_may_stand_between_signs_and_letters_of_other_scripts(around):
    got = html(around.format("https://example.org/a"))
    assert 'href="https://example.org/a" ' in got
    assert ">https://example.org/a</a>" in got


def test_a_bare_address_begins_no_word_and_may_have_a_scheme_in_capitals():
    assert "<a" not in html("xhttps://example.org and svnhttp://example.org")
    assert 'href="HTTPS://example.org/a"' in html("HTTPS://example.org/a")


@pytest.mark.parametrize("unit", ["1http://a_.b", "xhttps://a.b", "https://a.b1", "https://a.b "])
def test_many_bare_addresses_are_read_in_time(unit):
    with bounded(8):
        render_unbounded(unit * 12_000)


def test_numbers_of_items_may_have_nine_digits():
    assert html("123456789. a").startswith('<ol start="123456789">')


def test_definitions():
    got = html("Term\n: Meaning").replace("\n", "")
    assert got == '<dl><dt id="term">Term</dt><dd>Meaning</dd></dl>'


def test_a_line_break_of_windows_is_a_line_break():
    assert html("# a\r\n\r\nb\rc") == html("# a\n\nb\nc")


def test_markdown_inside_html_after_a_blank_line():
    got = html("<details><summary>More</summary>\n\n- **x**\n\n</details>")
    assert got.startswith("<details><summary>More</summary>")
    assert "<strong>x</strong>" in got
    assert got.endswith("</details>")


def test_a_list_needs_no_blank_line_before_it_and_two_spaces_to_nest():
    assert html("Text:\n- a\n  - b").replace("\n", "") == (
        "<p>Text:</p><ul><li>a<ul><li>b</li></ul></li></ul>"
    )


def test_a_picture_is_loaded_late_and_keeps_its_words():
    assert html("![A *cat*](/files/7/c.png)") == (
        '<p><img src="/files/7/c.png" alt="A cat" loading="lazy"></p>'
    )


def test_what_cannot_be_displayed_is_replaced():
    assert html("a\x00b\ud800c\x1bd\ufdd0e\uffff") == "<p>a�b�c�d�e�</p>"
