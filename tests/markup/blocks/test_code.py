"""Code blocks."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from wiki.markup import render
from wiki.markup.blocks.code import LINE_LENGTH_LIMIT, language_of


def test_a_fence_with_a_language_is_coloured():
    assert render('```python\nx = "<a>"\n```').html == (
        '<div class="code" data-language="python"><pre tabindex="0"><code class="language-python">'
        '<span class="n">x</span> <span class="o">=</span>'
        ' <span class="s2">&quot;&lt;a&gt;&quot;</span>\n'
        "</code></pre></div>"
    )


@pytest.mark.parametrize("text", ["```\na<b\n```", "    a<b\n"])
def test_a_block_without_language_is_plain(text):
    assert render(text).html == (
        '<div class="code"><pre tabindex="0"><code>a&lt;b\n</code></pre></div>'
    )


def test_an_unknown_language_is_plain_and_named():
    assert '<code class="language-klingon">a&amp;b\n</code>' in render("```klingon\na&b\n```").html


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("python", "python"),
        ("Python title=x", "python"),
        ("{.python .numberLines}", "python"),
        ("rust,no_run", "rust"),
        ("c++", "c++"),
        ("c#", "c#"),
        ("föö", "föö"),
        ('"><script>', ""),
        ("", ""),
    ],
)
def test_the_language_is_the_first_word(info, language):
    assert language_of(info) == language


def test_the_text_of_a_block_is_kept_to_the_letter():
    text = "\n\n  a\n\tb \n\n"
    assert f"<code>{text}</code>" in render(f"```\n{text}```").html


def test_a_fence_inside_a_list_and_a_quote():
    got = render("1. a\n\n   ```\n   b\n   ```\n\n> ```\n> c\n> ```").html
    assert got.count('<div class="code">') == 2
    assert "<p><div" not in got


def test_a_long_line_is_not_coloured():
    assert "<span" not in render(f"```python\nx = '{'a' * LINE_LENGTH_LIMIT}'\n```").html


def test_a_large_block_is_not_coloured():
    rendered = render("```python\n" + "x = 1\n" * 20_000 + "```")
    assert rendered.is_complete
    assert "<span" not in rendered.html


def test_inline_code_keeps_its_text():
    assert render("`` a`[[b]]<i> ``").html == "<p><code>a`[[b]]&lt;i&gt;</code></p>"


def test_a_page_of_every_language_runs_out_of_colours_not_of_time():
    from pygments.lexers import get_all_lexers

    languages = [aliases[0] for _, aliases, *_ in get_all_lexers(plugins=False) if aliases]
    rendered = render("".join(f"```{each}\nx = 1\n```\n" for each in languages))
    assert rendered.is_complete
    assert rendered.code.count("x = 1") == len(languages)


def test_threads_read_code_at_once():
    text = "```php+html\n<b><?php $a = <<<X\n{$b}\nX; ?></b>\n```\n" * 5
    once = render(text).html
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda _: render(text).html, range(40))) == {once}


def test_marked_lines_and_numbers_that_are_links():
    got = render('```python {2-3} linenos\n"""a\nb"""\nc = 1\n```').html
    assert got.count('<span class="line">') == 1
    assert got.count('<span class="line marked">') == 2
    address = 'id="L1-3" href="#L1-3" data-line="3" aria-label="3"'
    assert f'<a class="line-number" {address}></a>' in got
    # A string over two lines is coloured on both.
    assert '<span class="sd">&quot;&quot;&quot;a</span></span>\n' in got


def test_each_block_numbers_its_own_lines():
    got = render("```py linenums\na\n```\n\n```py showLineNumbers\nb\n```").html
    assert 'id="L1-1"' in got
    assert 'id="L2-1"' in got


@pytest.mark.parametrize("info", ["python", "python {}", "js {1-", "text {99999}", "{.python}"])
def test_other_info_strings_leave_the_lines_alone(info):
    assert 'class="line' not in render(f"```{info}\na\n```").html


def test_a_diagram_keeps_its_source():
    got = render("```mermaid\ngraph TD; A-->B\n```").html
    assert got.startswith('<figure class="diagram"><div class="code" data-language="mermaid">')
    assert "A--&gt;B" in got
