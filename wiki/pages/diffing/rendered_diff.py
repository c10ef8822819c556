"""The diff of two renderings: the later one with `<ins>` and `<del>`. Pure.

Both are sanitized HTML, in which `<` and `"` only delimit tags and values, so the result consists
of complete tags and texts of both. Blocks are compared first, then the words of similar blocks; a
formula, picture or code block is compared as a whole.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from wiki.letters import TOKEN
from wiki.markup.slots import LINK_START
from wiki.pages.budget import Budget
from wiki.pages.diffing.lcs import common_blocks

MAX_HTML_LENGTH = 300_000  # characters of both renderings; beyond that, readers compare the sources
LINK_HTML_SIZE = 150  # bytes that filling its slot adds to a link
CONTEXT_BLOCKS = 1  # unchanged blocks shown beside a change

_TAG = re.compile(r'(<(?:[^"<>]|"[^"]*")*>)')
_TAG_NAME = re.compile(r"</?([a-zA-Z][\w-]*)")
_WORD = re.compile(rf"&[#\w]+;|{TOKEN}")
_ID = re.compile(r' id="[^"]*"')
_VOID = frozenset({"br", "col", "hr", "img", "input", "wbr"})
# Elements that are marked only as a whole.
_ATOMIC = frozenset(
    {"audio", "button", "code", "details", "figure", "form", "iframe", "math", "picture", "pre"}
    | {"select", "svg", "textarea", "video"}
)
_POSITIONAL = frozenset({"tbody", "td", "th", "thead"})  # paired by position, whatever they hold
# Parts of tables and lists, which no mark may surround.
_PARTS = frozenset(
    {"caption", "col", "colgroup", "dd", "dt", "li", "summary", "tbody", "td", "tfoot", "th"}
    | {"thead", "tr"}
)
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark"}
    | {"q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "u", "var"}
    | {"br", "img", "input", "wbr", "math", "button", "label", "picture", "time", "data"}
)


@dataclass(eq=False)
class HtmlNode:
    """An element, or a text node, which has an empty `tag` and its text in `open`."""

    tag: str
    open: str
    children: list["HtmlNode"] = field(default_factory=list)
    close: str = ""

    @cached_property
    def source(self) -> str:
        """The HTML of the node and its children."""
        return f"{self.open}{''.join(child.source for child in self.children)}{self.close}"

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the node, for finding similar nodes quickly."""
        if not self.tag:
            return frozenset(word for word in _WORD.findall(self.open) if not word.isspace())
        return frozenset().union(*(child.words for child in self.children))

    @cached_property
    def is_inline(self) -> bool:
        """Whether it is inline content: a text, or an element such as `<em>`."""
        return not self.tag or self.tag in _INLINE

    @property
    def is_blank(self) -> bool:
        """Whether it is a text node of white space only."""
        return not self.tag and not self.open.strip()

    @cached_property
    def is_atomic(self) -> bool:
        """Whether it is only compared as a whole, such as code or a picture."""
        is_code = self.open.startswith('<div class="code"')
        is_empty = bool(self.tag) and not self.children and self.tag not in _PARTS
        return is_code or self.tag in _ATOMIC or is_empty

    @cached_property
    def is_inline_only(self) -> bool:
        """Whether it contains only inline content."""
        return all(
            child.is_inline and (child.is_atomic or child.is_inline_only) for child in self.children
        )


@dataclass(frozen=True, slots=True)
class HtmlToken:
    """A word or atomic element, with the elements around it, outermost first."""

    text: str
    ancestors: tuple[HtmlNode, ...]

    @property
    def key(self) -> str:
        """What equal tokens have in common: their text and the elements around it."""
        return "\0".join((self.text, *(node.open for node in self.ancestors)))


@dataclass(frozen=True, slots=True)
class DiffPart:
    """A run of blocks that are changed, or the same in both renderings."""

    html: str
    is_same: bool
    count: int = 0  # number of blocks, if they are the same


class RenderingsTooLong(ValueError):
    """The renderings are too long to be compared in a request; comparing sources may still work."""


def diff_rendered(old: str, new: str, budget: Budget | None = None) -> list[DiffPart]:
    """`new` in parts, with additions to `old` in `<ins>` and removals in `<del>`.

    Long runs of unchanged blocks are parts of their own, so that they can be folded. Raises
    `RenderingsTooLong`.
    """
    budget = budget or Budget()
    if len(old) + len(new) > MAX_HTML_LENGTH:
        raise RenderingsTooLong
    writer = _Differ(budget)
    parts: list[DiffPart] = []
    for is_same, run in groupby(writer.blocks(_parse(old), _parse(new)), lambda part: part[1]):
        pieces = [html for html, _ in run]
        if is_same:
            parts += _fold_unchanged(pieces, is_first=not parts)
        else:
            parts.append(DiffPart("".join(pieces), is_same=False))
    sizes = (
        len(part.html.encode()) + LINK_HTML_SIZE * part.html.count(LINK_START) for part in parts
    )
    if not all(map(budget.take_size, sizes)):
        raise RenderingsTooLong
    return parts


def _fold_unchanged(blocks: list[str], *, is_first: bool) -> Iterator[DiffPart]:
    """Unchanged blocks as parts: those next to a change, and all others as one part."""
    solid = [at for at, block in enumerate(blocks) if block.strip()]
    begin = 0 if is_first or len(solid) < CONTEXT_BLOCKS else solid[CONTEXT_BLOCKS - 1] + 1
    end = solid[-CONTEXT_BLOCKS] if len(solid) >= CONTEXT_BLOCKS else len(blocks)
    hidden = sum(begin <= at < end for at in solid)
    if hidden < 3:
        yield DiffPart("".join(blocks), is_same=False)
        return
    yield DiffPart("".join(blocks[:begin]), is_same=False)
    yield DiffPart("".join(blocks[begin:end]), is_same=True, count=hidden)
    yield DiffPart("".join(blocks[end:]), is_same=False)


def _parse(html: str) -> list[HtmlNode]:
    """The tree of sanitized HTML."""
    root = HtmlNode("", "")
    stack = [root]
    for at, part in enumerate(_TAG.split(html)):
        if not part:
            continue
        if at % 2 == 0:
            stack[-1].children.append(HtmlNode("", part))
            continue
        found = _TAG_NAME.match(part)
        tag = found[1].lower() if found else ""
        if part.startswith("</"):
            if len(stack) > 1 and stack[-1].tag == tag:
                stack.pop().close = part
            continue
        node = HtmlNode(tag, part)
        stack[-1].children.append(node)
        if tag and tag not in _VOID and not part.endswith("/>"):
            stack.append(node)
    return root.children


class _Differ:
    def __init__(self, budget: Budget) -> None:
        self.budget = budget

    def blocks(
        self, old: Sequence[HtmlNode], new: Sequence[HtmlNode]
    ) -> Iterator[tuple[str, bool]]:
        """The HTML of each block, or run of changed blocks, and whether it is the same in both."""
        at_old = at_new = 0
        ends = (len(old), len(new), 0)
        common = common_blocks([node.source for node in old], [node.source for node in new])
        for start_old, start_new, length in [*common, ends]:
            if html := "".join(self._changed(old[at_old:start_old], new[at_new:start_new])):
                yield html, not html.strip()
            yield from ((node.source, True) for node in new[start_new : start_new + length])
            at_old, at_new = start_old + length, start_new + length

    def _changed(self, old: Sequence[HtmlNode], new: Sequence[HtmlNode]) -> Iterator[str]:
        """The HTML of changed nodes: similar ones are compared, others are removed or added."""
        gone = [node for node in old if not node.is_blank]
        come: list[str] = []
        for node in new:
            partner = None
            if not node.is_blank and self.budget.take_words(len(gone)):
                alike = (at for at, other in enumerate(gone) if _are_similar(other, node))
                partner = next(alike, None)
            if partner is None:
                come.append(node.open if node.is_blank else _mark_node(node, "ins"))
                continue
            yield from (_mark_node(other, "del") for other in gone[:partner])
            yield from come
            yield self._both(gone[partner], node)
            gone, come = gone[partner + 1 :], []
        yield from (_mark_node(other, "del") for other in gone)
        yield from come

    def _both(self, old: HtmlNode, new: HtmlNode) -> str:
        if old.source == new.source:
            return new.source
        if new.is_atomic or not new.tag:
            return _mark_node(old, "del") + _mark_node(new, "ins")
        if old.is_inline_only and new.is_inline_only:
            return f"{new.open}{self._lines(old, new)}{new.close}"
        inner = "".join(html for html, _ in self.blocks(old.children, new.children))
        return f"{new.open}{inner}{new.close}"

    def _lines(self, old: HtmlNode, new: HtmlNode) -> str:
        a, b = list(_tokens(old.children)), list(_tokens(new.children))
        if not self.budget.take_words(len(a) + len(b)):
            return _mark_nodes(old.children, "del") + _mark_nodes(new.children, "ins")
        return "".join(_serialize(_diff_tokens(a, b)))


def _diff_tokens(a: Sequence[HtmlToken], b: Sequence[HtmlToken]) -> list[tuple[str, HtmlToken]]:
    """The tokens of both sides in order, each with its mark; `del` comes before `ins`."""
    runs: list[tuple[str, HtmlToken]] = []
    gone: list[HtmlToken] = []
    come: list[HtmlToken] = []
    at_a = at_b = 0
    common = common_blocks([token.key for token in a], [token.key for token in b])
    for start_a, start_b, length in [*common, (len(a), len(b), 0)]:
        gone += a[at_a:start_a]
        come += b[at_b:start_b]
        at_a, at_b = start_a + length, start_b + length
        same = b[start_b:at_b]
        # White space between two changed words is marked as well, or it looks like confetti.
        if (gone or come) and same and at_b < len(b) and all(t.text.isspace() for t in same):
            gone += a[start_a:at_a]
            come += same
            continue
        runs += [*(("del", one) for one in gone), *(("ins", one) for one in come)]
        runs += [("", one) for one in same]
        gone, come = [], []
    return runs


def _are_similar(old: HtmlNode, new: HtmlNode) -> bool:
    """Whether one node is probably a changed version of the other: a third of the words match."""
    if old.tag != new.tag or not old.tag:
        return False
    if old.is_atomic or new.is_atomic:
        return old.is_atomic and new.is_atomic and old.words == new.words
    if old.tag in _POSITIONAL:
        return True
    fewer = min(len(old.words), len(new.words))
    return len(old.words & new.words) * 3 >= fewer


def _tokens(nodes: Sequence[HtmlNode], around: tuple[HtmlNode, ...] = ()) -> Iterator[HtmlToken]:
    for node in nodes:
        if not node.tag:
            yield from (HtmlToken(word, around) for word in _WORD.findall(node.open))
        elif node.is_atomic:
            yield HtmlToken(node.source, around)
        else:
            yield from _tokens(node.children, (*around, node))


def _serialize(runs: Sequence[tuple[str, HtmlToken]]) -> Iterator[str]:
    """The HTML of the tokens; each run with the same mark is inside one `<ins>` or `<del>`."""
    inside: tuple[HtmlNode, ...] = ()
    for (mark, around), run in groupby(runs, lambda one: (one[0], one[1].ancestors)):
        shared = 0
        while shared < min(len(inside), len(around)) and inside[shared] is around[shared]:
            shared += 1
        yield from (node.close for node in inside[shared:][::-1])
        yield from (_without_lost_ids(node.open, mark) for node in around[shared:])
        inside = around
        text = "".join(token.text for _, token in run)
        yield _wrap(text, mark)
    yield from (node.close for node in inside[::-1])


def _without_lost_ids(html: str, mark: str) -> str:
    return _ID.sub("", html) if mark == "del" else html


def _wrap(html: str, mark: str) -> str:
    html = _without_lost_ids(html, mark)
    return f"<{mark}>{html}</{mark}>" if mark and html.strip() else html


def _mark_node(node: HtmlNode, mark: str) -> str:
    """A node marked as removed or added, with the mark around its inline content."""
    if node.is_inline or node.is_atomic:
        return _wrap(node.source, mark)
    return f"{_without_lost_ids(node.open, mark)}{_mark_nodes(node.children, mark)}{node.close}"


def _mark_nodes(nodes: Sequence[HtmlNode], mark: str) -> str:
    """Several nodes marked as removed or added; a run of inline nodes gets one mark."""
    html = ""
    for is_inline, run in groupby(nodes, lambda node: node.is_inline):
        if is_inline:
            html += _wrap("".join(node.source for node in run), mark)
        else:
            html += "".join(_mark_node(node, mark) for node in run)
    return html
