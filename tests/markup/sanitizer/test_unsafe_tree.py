"""What the HTML parser needn't read comes out as if it had read it."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wiki.markup.engine import MarkdownEngine
from wiki.markup.pipeline import render_unbounded
from wiki.markup.sanitizer.sanitize import sanitize
from wiki.markup.sanitizer.token_stream import walk
from wiki.markup.sanitizer.unsafe_tree import UnsafeTree, disallowed_as_text
from wiki.markup.sentinels import clean_source

TEXTS = (
    '# A\n\nOne *two* [three](/x \'y"<>&amp;&\') `<b>`&#13;&lt;&copy; ![a "b"](https://x/y?a=1&b)\n',
    '<p align="center"><img src="https://x/y"></p>\n\n# A\n\n- a\n- b\n\n| a |\n|---|\n| b |\n',
    "a\n\n<details><summary>s</summary>\n\n*b*\n\n```py\nx\n```\n\n</details>\n\nc\n",
    "a <kbd>b</kbd> c<br>d\n\n> e\n\n<!-- f -->\n\n[[g]] h[^1]\n\n[^1]: i\n",
    "<b>a\n\n*b*\n\n<i>c\n\n- d\n",
    '<a href="https://x">\n\n[b](c)\n\n</a>\n\n# d\n',
    "<table><tr><td>\n\n*a*\n\n</td></tr></table>\n\nb\n",
    "<table>\n\n*a*\n\n# b\n\n</table>\n\nc\n",
    "<h1 align=center>\n\n# a\n\nb\n\n<pre>\n\nc\n\n<ul><li>\n\nd\n\n- e\n",
    "<p>\n\n*a*\n\n<!-- b\n\n*c*\n\n<div title='\n\nd\n",
    "[a [[b]] c](d) [e[^1]](f) <a>g [h](i)</a>\n\n[^1]: j\n",
    "<table>\n\n| a |\n|---|\n| b |\n\n<i>c</i>\n\nd\n",
    "<table><div>\n\n| a |\n|---|\n| b |\n\n<i>c</i>\n\nd\n",
    "<details>\n\na\n\n<div>\n\n# b\n\n</details>\n\nc\n\n</div>\n\nd\n",
)
PIECES = st.lists(
    st.sampled_from(
        [
            *("a", " ", "\n", "\n\n", "*", "_", "`", "[", "](b)", "[[c]]", "![", "|", "\n|-|\n|"),
            *("\n- ", "\n> ", "\n# ", "\n    ", "\n```\n", "\n!!! note\n    ", "[^1]", "\n[^1]: "),
            *(
                "&amp;",
                "&#13;",
                "&#60;",
                "&quot;",
                "&",
                "<",
                ">",
                '"',
                "'",
                "\\",
                "https://a.b/?c&d",
            ),
            *("<b>", "</b>", "<p>", "</p>", "<div>", "</div>", "<a href=x>", "</a>", "<table>"),
            *("<td>", "</table>", "<li>", "<pre>", "</pre>", "<br>", "<!--", "-->", "<script>"),
            *("<h1>", "<ruby>", "<details>", "<summary>", "<img src=x alt='\">'>", "<div title='"),
            *("<select>", "<svg>", "\n: "),
        ]
    )
).map("".join)


class _ParsedWhole(UnsafeTree):
    """The same page, written as HTML and read by the parser from one end to the other."""

    def tokens(self, parse: Any) -> Any:
        return walk(parse(disallowed_as_text(self.to_html(self.root))))


def both_ways(text: str) -> tuple[Any, Any]:
    unsafe = MarkdownEngine().parse(clean_source(text)).tree
    whole = _ParsedWhole(unsafe.root, unsafe.placeholder, unsafe.to_html)
    return sanitize(unsafe, "p/q"), sanitize(whole, "p/q")


@pytest.mark.parametrize("text", TEXTS)
def test_pages(text: str) -> None:
    short, long = both_ways(text)
    assert short == long


@given(PIECES)
def test_any_text(text: str) -> None:
    short, long = both_ways(text)
    assert short == long


@example(["\n\n", "<b>", "\n\n    "])
@example(["<tr>", "</tr>\n\n", "\n\n# ", "\n\n- ", "\n\n</table>"])
@given(
    st.lists(
        st.sampled_from(
            [
                *("<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<tbody>", "<caption>"),
                *("<div>", "</div>", "<p>", "<b>", "</b>", "<details>", "\n\n", "\n\n    ", "\n"),
                *("\n\n# ", "\n\n- ", "\n\n> ", "\n\n| a |\n|---|\n| b |\n\n", "*"),
            ]
        )
    )
)
def test_no_word_is_lost(pieces: list[str]) -> None:
    """What a browser moves out of a table is shown before it."""
    text = "<table>" + "".join(f"{piece}word{number}x " for number, piece in enumerate(pieces))
    html = render_unbounded(text).html
    assert [number for number in range(len(pieces)) if f"word{number}x" not in html] == []
