"""`> [!NOTE]` alerts, `!!! note "Title"` admonitions and `??? note` ones that fold."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.admon.index import admonition

from wiki.markup.marks import OURS
from wiki.markup.tree import Handler, TreeBuilder

TYPES = ("note", "tip", "important", "warning", "caution")
_ALIASES = {
    "info": "note",
    "hint": "tip",
    "success": "tip",
    "attention": "warning",
    "danger": "caution",
    "error": "caution",
}
# Stricter than the plugin, which makes a callout of any line that begins with `!!!`.
_MARKER_LINE = re.compile(r'(?:!!!|\?\?\?\+?) ?[\w-]+(?: +[\w-]+)*(?: +"[^\n]*")?[ \t]*$')


def install(parser: MarkdownIt) -> None:
    """Alerts are an option of the parser; admonitions are a plugin, kept to its documented form."""
    parser.options["alerts"] = True
    parser.use(admon_plugin)
    parser.block.ruler.at(
        "admonition", _rule, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )


def _rule(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    begin = state.bMarks[start_line] + state.tShift[start_line]
    if state.src[begin : begin + 3] not in {"!!!", "???"}:
        return False
    if not _MARKER_LINE.match(state.src, begin, state.eMarks[start_line]):
        return False
    return admonition(state, start_line, end_line, silent)


def type_of(written: str) -> str:
    """One of `TYPES` for any word an author may use."""
    word = written.lower()
    return word if word in TYPES else _ALIASES.get(word, "note")


def _alert_open(builder: TreeBuilder, token: Token) -> None:
    builder.open("div", ours=f"admonition {type_of(token.info)}")


def _admonition_open(builder: TreeBuilder, token: Token) -> None:
    css_class = f"admonition {type_of(token.meta['tag'])}"
    if token.markup.startswith("?"):
        is_open = token.markup.endswith("+")
        builder.open("details", {"open": OURS + "open"} if is_open else None, ours=css_class)
        if not token.content:
            builder.open("summary", ours="admonition-title")
            builder.text(token.meta["tag"].title())
            builder.close()
    else:
        builder.open("div", ours=css_class)


def _title_open(builder: TreeBuilder, token: Token) -> None:
    tag = "summary" if token.markup.startswith("?") else "p"
    builder.open(tag, ours="admonition-title")


def _close(builder: TreeBuilder, token: Token) -> None:
    builder.close()
    builder.text("\n")


HANDLERS: dict[str, Handler] = {
    "alert_open": _alert_open,
    "alert_title_open": _title_open,
    "alert_title_close": _close,
    "alert_close": _close,
    "admonition_open": _admonition_open,
    "admonition_title_open": _title_open,
    "admonition_title_close": _close,
    "admonition_close": _close,
}
