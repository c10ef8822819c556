"""`$…$`, `$$…$$` and fences named `math`: TeX to MathML, on the server.

latex2mathml converts the TeX. Its output is rebuilt here from an allow-list of MathML elements, all
text escaped, and inserted after sanitizing. An author's HTML cannot contain MathML.
"""

import re
import time
from collections.abc import Iterator
from functools import cache
from html import escape, unescape
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from wiki.letters import is_letter
from wiki.markup.tree_builder import Syntax, TreeBuilder

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FORMULA_LIMIT = 2_000  # characters
MATHML_DEPTH_LIMIT = 60
FORMULA_LABEL = "Formula"

# MathML Core, https://www.w3.org/TR/mathml-core/
_ELEMENTS = re.compile(
    r"math|mfrac|mi|mmultiscripts|mn|mo|mover|mpadded|mphantom|mprescripts|mroot|mrow|ms|mspace"
    r"|msqrt|mstyle|msub|msubsup|msup|mtable|mtd|mtext|mtr|munder|munderover"
)
_ATTRIBUTES = re.compile(
    r"columnalign|columnlines|columnspacing|depth|displaystyle|fence|form|height|largeop"
    r"|linethickness|lspace|mathvariant|maxsize|minsize|movablelimits|rowlines|rowspacing|rspace"
    r"|scriptlevel|separator|stretchy|symmetric|width"
)
_ROWS = ("math", "mrow", "mstyle", "msqrt", "mtd", "mpadded", "mphantom")
_SCRIPTED = ("msub", "msup", "msubsup", "munder", "mover", "munderover")
_ORDINARY = ("mi", "mn", "mfrac", "msqrt", "mroot")
# Formulas of more characters of TeX may be wider than a phone screen, so they scroll.
WIDE_FORMULA = 40
_FRAME = f'class="formula" tabindex="0" role="region" aria-label="{FORMULA_LABEL}"'
THIN_SPACE = '<mspace width="0.167em"></mspace>'


class _NotMath(ValueError):
    """The TeX cannot be expressed in MathML, or not safely."""


def _install(parser: MarkdownIt) -> None:
    """Add the rules for dollars, as on GitHub: no space inside, no letter or digit outside.

    So prices and shell variables stay text.
    """
    parser.use(
        dollarmath_plugin,
        allow_labels=False,
        allow_space=False,
        allow_digits=False,
        allow_blank_lines=False,
        double_inline=True,
    )
    rules = parser.inline.ruler
    plugin_rule = next(rule.fn for rule in rules.__rules__ if rule.name == "math_inline")

    def between_words(state: StateInline, silent: bool) -> bool:
        begin = state.pos
        if state.src[begin] != "$" or (begin and is_letter(state.src[begin - 1])):
            return False
        if not plugin_rule(state, True):
            return False
        end, state.pos = state.pos, begin
        if is_letter(state.src[end : end + 1]):
            return False
        return plugin_rule(state, silent)

    rules.at("math_inline", between_words)


def mathml(tex: str, *, is_block: bool) -> str | None:
    """`tex` as a `<math>` element, safe to put into a page; `None` if it can't be converted."""
    if not 0 < len(tex) <= FORMULA_LIMIT:
        return None
    try:
        return _written(_converter()(tex), 0, is_block=is_block)
    except Exception:  # its errors have no common base class; the source is shown instead
        return None


@cache
def _converter():  # type: ignore[no-untyped-def]  # the library has no types
    # Imported only for pages with formulas: its tables of symbols take 7 MB.
    from latex2mathml.converter import convert_to_element  # noqa: PLC0415

    return convert_to_element


def _written(element: "Element", depth: int, *, is_block: bool = False) -> str:
    if not _ELEMENTS.fullmatch(element.tag) or depth > MATHML_DEPTH_LIMIT:
        raise _NotMath(element.tag)
    text = unescape(element.text or "")
    if text.startswith("\\") and len(text) > 1:  # a command that latex2mathml doesn't know
        raise _NotMath(text)
    attributes = "".join(
        f' {name}="{escape(unescape(value))}"'
        for name, value in element.attrib.items()
        if _ATTRIBUTES.fullmatch(name)
    )
    if element.tag == "math":
        attributes = ' display="block"' if is_block else ""
    children = "".join(_children(element, depth))
    return f"<{element.tag}{attributes}>{escape(text, quote=False)}{children}</{element.tag}>"


def _children(element: "Element", depth: int) -> Iterator[str]:
    """The MathML of the children, with thin spaces around function names: `n log n`, not `nlogn`.

    TeX puts them between an operator and an ordinary atom, MathML doesn't. Source: D. E. Knuth,
    "The TeXbook", chapter 18.
    """
    before = None
    for child in element:
        if element.tag in _ROWS and before is not None and _is_apart(before, child):
            yield THIN_SPACE
        yield _written(child, depth + 1)
        before = child


def _is_apart(first: "Element", second: "Element") -> bool:
    one, other = _base(first), _base(second)
    has_name = _is_function(one) or _is_function(other)
    return has_name and one.tag in _ORDINARY and other.tag in _ORDINARY


def _base(element: "Element") -> "Element":
    """The base of an element with subscript or superscript, otherwise the element itself."""
    while element.tag in _SCRIPTED and len(element):
        element = element[0]
    return element


def _is_function(element: "Element") -> bool:
    name = element.text or ""
    return element.tag == "mi" and len(name) > 1 and name.isalpha() and name.isascii()


def _source(tex: str) -> str:
    return f'<code class="language-tex">{escape(tex, quote=False)}</code>'


def show_formula(builder: TreeBuilder, token: Token) -> None:
    """Add a display formula, which scrolls if it is wider than the page."""
    tex = token.content.strip()
    html = _timed(builder, tex, is_block=True) or f"<pre>{_source(tex)}</pre>"
    builder.put(f"<div {_FRAME}>{html}</div>")


def _inline(builder: TreeBuilder, token: Token) -> None:
    tex = token.content.strip()
    is_block = token.type == "math_inline_double"
    html = _timed(builder, tex, is_block=is_block) or _source(tex)
    if is_block or len(tex) > WIDE_FORMULA:  # scrollable by keyboard, too
        html = f"<span {_FRAME}>{html}</span>"
    builder.put_inline(html)


def _timed(builder: TreeBuilder, tex: str, *, is_block: bool) -> str | None:
    begin = time.thread_time()
    made = mathml(tex, is_block=is_block) if builder.colour_time > 0 else None
    builder.colour_time -= time.thread_time() - begin
    return made


SYNTAX = Syntax(
    _install,
    {
        "math_block": show_formula,
        "math_inline": _inline,
        "math_inline_double": _inline,
    },
)
