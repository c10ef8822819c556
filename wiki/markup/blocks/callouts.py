"""Callouts: `> [!note] Title`, `:::note Title` … `:::`, `!!! note "Title"`, and ones that fold.

These are the syntaxes of GitHub and Obsidian, of Docusaurus, and of MkDocs; their HTML is the same.
"""

import re
from collections.abc import Mapping, Sequence

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.admon.index import admonition

from wiki.markup.code_fences import with_code_flags
from wiki.markup.sentinels import TRUSTED_MARK
from wiki.markup.tree_builder import Syntax, TreeBuilder

# Obsidian's thirteen kinds, and two more that only GitHub has.
_KINDS = """
    note
    abstract summary tldr
    info
    todo
    tip hint
    important
    success check done
    question help faq
    warning attention
    caution
    failure fail missing
    danger error
    bug
    example
    quote cite
"""
_KIND_OF = {word: line.split()[0] for line in _KINDS.strip().splitlines() for word in line.split()}
CALLOUT_NAMES = frozenset(_KIND_OF)
_CAPITALS = frozenset({"faq", "tldr"})

_MARKER = re.compile(r"\[!([\w-][\w -]{0,39})(?:\|[^\[\]\n]*)?\]([+-]?)(?:[ \t]+([^\n]*))?")
# Stricter than the plugin, which makes a callout of any line that begins with `!!!`.
_MARKER_LINE = re.compile(r'(?:!!!|\?\?\?\+?) ?[\w-]+(?: +[\w-]+)*(?: +"[^\n]*")?[ \t]*$')
_FOLDED = "details"  # VuePress's name for a callout that folds
_COLONS = re.compile(
    r"(:{3,32})[ \t]*(?:\{([\w-]+)\}|([\w-]+))[ \t]*(?:\[([^\n]*)\])?[ \t]*"
    r"(?:\{([^{}\n]*)\})?([^\n]*)"
)
_TITLE_ATTRIBUTE = re.compile(r"""(?:^|\s)title=(?:"([^"]*)"|'([^']*)')""")
_COLONS_END = re.compile(r"(:{3,32})[ \t]*")
_BEFORE_BLOCK = re.compile(r"[ \t>]*(?:(?:[-+*]|[0-9]{1,9}[.)])[ \t]+)*")
_PAIRS = "callouts_of_colons"  # in a parser's `env`


def _install(parser: MarkdownIt) -> None:
    """Add the rules; `[!note]` is the first line of a quote, the rest is parsed as usual."""
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.use(admon_plugin)
    parser.block.ruler.at("admonition", _admonition, interrupts)
    parser.block.ruler.before("table", "callout", _quoted)
    parser.block.ruler.before("fence", "callout_of_colons", _between_colons, interrupts)


def callout_kind_of(written: str) -> str:
    """The kind that determines the appearance, for any word that an author may write."""
    return _KIND_OF.get(written.lower(), "note")


def default_title(written: str) -> str:
    """The title of a callout that has none of its own."""
    if written.lower() in _CAPITALS:
        return written.upper()
    return written.replace("-", " ").strip().capitalize()


def _quoted(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Block rule: `[!kind] title` on the first line of a quote turns it into a callout."""
    if silent or not state.tokens or state.tokens[-1].type != "blockquote_open":
        return False
    begin = state.bMarks[start_line] + state.tShift[start_line]
    found = _MARKER.fullmatch(state.src, begin, state.eMarks[start_line])
    if found is None or state.is_code_block(start_line):
        return False
    opened = state.tokens[-1]  # the closing token of the quote ends the element that is begun here
    opened.type = "callout_open"
    opened.meta = {"name": found[1], "fold": found[2]}
    _push_title(state, found[3] or "", found[2], start_line)
    state.line = start_line + 1
    return True


def _push_title(state: StateBlock, title: str, fold: str, line: int) -> None:
    if title := title.strip():
        meta = {"fold": fold}
        state.push("callout_title_open", "p", 1).meta = meta
        inline = state.push("inline", "", 0)
        inline.content, inline.map, inline.children = title, [line, line + 1], []
        state.push("callout_title_close", "p", -1).meta = meta
        state.tokens[-4].meta["has_title"] = True


def _between_colons(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    begin = state.bMarks[start_line] + state.tShift[start_line]
    if not state.src.startswith(":::", begin) or state.is_code_block(start_line):
        return False
    found = _opened(state.src, begin, state.eMarks[start_line])
    if _PAIRS not in state.env:
        state.env[_PAIRS] = _pairs(state.src)
    close = state.env[_PAIRS].get(start_line)
    if found is None or close is None or close >= end_line:
        return False
    lines = range(start_line + 1, close + 1)
    if any(state.sCount[n] < state.blkIndent and not state.isEmpty(n) for n in lines):
        return False  # the enclosing list or quote ends before the callout does
    if silent:
        return True
    name = found[2] or found[3]
    fold = "-" if name.lower() == _FOLDED else ""
    opened = state.push("callout_open", "div", 1)
    opened.map, opened.meta = [start_line, close + 1], {"name": name, "fold": fold}
    _push_title(state, found[4] or _title_in(found[5] or "") or found[6], fold, start_line)
    parent, line_max = state.parentType, state.lineMax
    state.parentType, state.lineMax = "callout", close
    state.md.block.tokenize(state, start_line + 1, close)
    state.parentType, state.lineMax = parent, line_max
    state.push("callout_close", "div", -1)
    state.line = close + 1
    return True


def _title_in(attributes: str) -> str:
    found = _TITLE_ATTRIBUTE.search(attributes)
    return found[1] or found[2] or "" if found else ""


def _opened(source: str, begin: int, end: int) -> "re.Match[str] | None":
    """`:::note Title`, `:::note[Title]{.class}`, `:::note{title="Title"}` or `:::{note} Title`;
    `None` for an unknown kind."""
    found = _COLONS.fullmatch(source, begin, end)
    is_known = found is not None and (found[2] or found[3]).lower() in CALLOUT_NAMES | {_FOLDED}
    return found if is_known else None


def _pairs(source: str) -> dict[int, int]:
    """The first and last line of each `:::` callout; nested ones may have as many colons, or fewer.

    Found in one pass over the text: searching for the end from each beginning would be quadratic.
    """
    pairs: dict[int, int] = {}
    opened: list[tuple[int, int]] = []  # how many colons, and the line
    places: dict[int, list[int]] = {}  # by how many colons: where in `opened`
    for number, (is_code, line) in enumerate(with_code_flags(source.split("\n"))):
        begin = _BEFORE_BLOCK.match(line)
        place = begin.end() if begin else 0
        if is_code:
            continue
        if end := _COLONS_END.fullmatch(line, place):
            index = _closed_by(len(end[1]), places)
            if index is not None:
                pairs[opened[index][1]] = number
                for colons, _line in opened[index:]:
                    places[colons].pop()
                del opened[index:]
        elif line.startswith(":::", place) and (found := _opened(line, place, len(line))):
            places.setdefault(len(found[1]), []).append(len(opened))
            opened.append((len(found[1]), number))
    return pairs


def _closed_by(count: int, places: Mapping[int, Sequence[int]]) -> int | None:
    """The open callout that `count` colons close: the last with as many colons, else with fewer."""
    if exact := places.get(count):
        return exact[-1]
    fewer = (found[-1] for colons, found in places.items() if found and colons < count)
    return max(fewer, default=None)


def _admonition(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    begin = state.bMarks[start_line] + state.tShift[start_line]
    if state.src[begin : begin + 3] not in {"!!!", "???"}:
        return False
    if not _MARKER_LINE.match(state.src, begin, state.eMarks[start_line]):
        return False
    return admonition(state, start_line, end_line, silent)


def _open(builder: TreeBuilder, name: str, fold: str, *, has_title: bool) -> None:
    """Begin a callout; `fold` is `-` for one that is folded, `+` for one that can be."""
    css_class = f"admonition {callout_kind_of(name)}"
    if fold:
        builder.open(
            "details", {"open": TRUSTED_MARK + "open"} if fold == "+" else None, ours=css_class
        )
    else:
        builder.open("div", ours=css_class)
    if not has_title:
        _begin_title(builder, fold)
        builder.text(default_title(name))
        builder.close()
        builder.text("\n")


def _begin_title(builder: TreeBuilder, fold: str) -> None:
    builder.open("summary" if fold else "p", ours="admonition-title")


def _callout_open(builder: TreeBuilder, token: Token) -> None:
    meta = token.meta
    _open(builder, meta["name"], meta["fold"], has_title="has_title" in meta)


def _callout_title_open(builder: TreeBuilder, token: Token) -> None:
    _begin_title(builder, token.meta["fold"])


def _admonition_open(builder: TreeBuilder, token: Token) -> None:
    fold = _fold_of(token)
    # Foldable callouts need a title; others may have an empty one.
    _open(builder, token.meta["tag"], fold, has_title=bool(token.content) or not fold)


def _admonition_title_open(builder: TreeBuilder, token: Token) -> None:
    _begin_title(builder, _fold_of(token))


def _fold_of(token: Token) -> str:
    if not token.markup.startswith("?"):
        return ""
    return "+" if token.markup.endswith("+") else "-"


SYNTAX = Syntax(
    _install,
    {
        "callout_open": _callout_open,
        "callout_title_open": _callout_title_open,
        "admonition_open": _admonition_open,
        "admonition_title_open": _admonition_title_open,
    },
)
