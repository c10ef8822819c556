"""Which way a text runs."""

import pytest

from wiki.markup.text.direction import direction_of, with_directions

ARABIC = "ريديس مخزن بيانات يعمل في الذاكرة"


@pytest.mark.parametrize(
    ("html", "direction"),
    [
        ("<p>Plain words</p>", "ltr"),
        (f"<p>{ARABIC}</p>", "rtl"),
        (f"<p>Redis {ARABIC}</p>", "rtl"),  # what its first letters would hide
        (f"<p>{ARABIC}</p><pre><code>{'import redis ' * 50}</code></pre>", "rtl"),
        (f"<p>{ARABIC} <code>maxmemory maxmemory maxmemory</code> Redis</p>", "rtl"),
        ("<p>The word for house is بيت, said an English page.</p>", "ltr"),
        ("<p>שלום לכולם</p>", "rtl"),
        ("<p>&quot;שלום&quot; &quot;לכולם&quot;</p>", "rtl"),  # a reference is no word
        ("<p>ሬዲስ ምንድን ነው</p>", "ltr"),
        ("<p>日本語の文章</p>", "ltr"),
        ("", "ltr"),
        ("<p>123 …</p>", "ltr"),
    ],
)
def test_letters_decide(html, direction):
    assert direction_of(html) == direction


def test_blocks_that_run_the_other_way_are_marked():
    html = f'<h2 id="a">Heading</h2><p>{ARABIC}</p><ul><li>{ARABIC}</li></ul><p>Words</p>'
    there = f'<h2 id="a">Heading</h2><p dir="rtl">{ARABIC}</p><ul dir="rtl"><li>{ARABIC}</li></ul>'
    assert with_directions(html, "ltr") == f"{there}<p>Words</p>"
    back = f'<h2 dir="ltr" id="a">Heading</h2><p>{ARABIC}</p><ul><li>{ARABIC}</li></ul>'
    assert with_directions(html, "rtl") == f'{back}<p dir="ltr">Words</p>'


def test_what_says_nothing_runs_with_its_page():
    html = f'<p>{ARABIC}</p><p><code>x</code></p><p class="admonition-title">Note</p><p>12</p>'
    assert with_directions(html, "rtl") == html


def test_a_few_words_that_begin_with_the_script_of_the_page_run_with_it():
    """A list below a list, an item of it: two words of the page's script, and a Latin name."""
    html = f"<ul><li>{ARABIC}<ul><li>مثل Celery, RabbitMQ</li></ul></li></ul><p>Celery: نعم.</p>"
    assert with_directions(html, "rtl") == html.replace("<p>", '<p dir="ltr">')


def test_an_authors_direction_stays():
    html = f'<h2 id="a" dir="ltr">{ARABIC}</h2><ul dir="auto"><li>{ARABIC}</li></ul>'
    assert with_directions(html, "ltr") == html
    titled = f'<h2 title=" dir=">{ARABIC}</h2>'
    assert with_directions(titled, "ltr") == titled.replace("<h2", '<h2 dir="rtl"')
