"""What a page says, for search."""

from wiki.markup import Section, render
from wiki.markup.sentinels import CODE_CLOSE, CODE_OPEN

TEXT = """Lead with `inline code` and ![a picture](https://e.org/x.png).

## First *one*

Some text
on two lines, [[a page|linked]].

```python
print("block")
```

| a | b |
|---|---|
| 1 | 2 |

<div>raw <b>html</b><!-- hidden --></div>

## Second

- x
- y
"""


def test_sections_in_order():
    rendered = render(TEXT)
    lead, first, second = rendered.sections
    assert lead == Section("", "", f"Lead with {CODE_OPEN}inline code{CODE_CLOSE} and a picture.")
    assert (first.id, first.heading) == ("first-one", "First one")
    assert first.text.splitlines() == [
        "Some text on two lines, linked.",
        f'{CODE_OPEN}print("block"){CODE_CLOSE}',
        *("a", "b", "1", "2"),
        "raw html",
    ]
    assert second == Section("second", "Second", "x\ny")


def test_code_is_blocks_and_inline():
    assert render(TEXT).code.splitlines() == ["inline code", 'print("block")']


def test_body_is_prose_without_headings_and_blocks():
    body = render(TEXT).body
    assert "inline code" in body
    assert "raw html" in body
    assert "First" not in body
    assert "print" not in body


def test_plain_is_everything_in_order():
    plain = render(TEXT).plain
    places = [plain.index(word) for word in ("Lead", "First", "two lines", "print", "raw", "x\ny")]
    assert places == sorted(places)
    assert "hidden" not in plain
    assert "<" not in plain


def test_nobody_forges_the_marks_around_code():
    text = f"a {CODE_OPEN}b{CODE_CLOSE} &#xfdd3;c <p>&#xfdd3;d</p>"
    assert CODE_OPEN not in render(text).sections[0].text
    assert CODE_OPEN not in render(f"`{text}`").sections[0].text[1:]


def test_no_section_without_a_text():
    assert render("## a").sections == (Section("a", "a", ""),)
    assert render("text").sections == (Section("", "", "text"),)


def test_words_do_not_run_together():
    assert render("a\\\nb<br>c").plain == "a b c"
    assert render("<p>a</p><p>b</p>").plain == "a\nb"


def test_the_name_of_a_callout_is_not_its_text():
    text = '> [!NOTE]\n> a\n\n!!! tip\n    b\n\n!!! tip "Mine"\n    c'
    assert render(text).body == "a\nb\nMine\nc"
