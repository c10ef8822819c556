"""A page before it is sanitized, as the stream of tokens that bleach filters.

What is made of Markdown is a tree already. Writing it as HTML for an HTML parser to read gives
the same tree again, at several times the cost of building it; so the parser reads only where the
author wrote HTML, which is text until it is parsed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from wiki.markup.sanitizer.token_stream import walk
from wiki.markup.sentinels import aside_text

# On an element that stood in a table, which the parser has moved before it; not in the allow-list.
_MOVED = "moved"
# Inside these an element is parsed as it would be alone. Inside a table, a link or a paragraph the
# parser may move it or end it.
_CONTAINERS = frozenset({"blockquote", "details", "div", "section"})
# GFM 6.11: what changes how a browser reads all that follows is text, not an element.
_DISALLOWED = re.compile(
    r"<(?=/?(?:title|textarea|style|xmp|iframe|noembed|noframes|script|plaintext)(?:[\s/>]|$))",
    re.IGNORECASE,
)


def disallowed_as_text(html: str) -> str:
    """`html` with the tags that GFM disallows escaped: who writes of `<script>` sees it."""
    return _DISALLOWED.sub("&lt;", html)


def moving_out_of_tables(element_class: Any) -> Any:
    """html5lib's class of elements, such that what it moves out of a table is there in the end.

    Its own writes an element that stands before a table into the tree, but not into its list of
    children; and the outermost ones are taken from that list.
    """

    class MovedElement(element_class):  # type: ignore[misc]
        def insertBefore(self, node: Any, refNode: Any) -> None:  # noqa: N802, N803
            super().insertBefore(node, refNode)
            self._childNodes.insert(self._childNodes.index(refNode), node)
            node._element.set(_MOVED, "")

    return MovedElement


@dataclass(frozen=True, slots=True)
class UnsafeTree:
    """A tree that has the author's HTML in it as placeholders, each beginning with `placeholder`
    (`None`: there are none), which `to_html` fills when it writes a tree as HTML."""

    root: "Element[Any]"
    placeholder: str | None
    to_html: "Callable[[Element[Any]], str]"

    def tokens(self, parse: "Callable[[str], Element[Any]]") -> Iterator[dict[str, Any]]:
        """The page as `parse` reads its HTML, which is asked for no more than is needed."""
        if not _has_nested_links(self.root):
            if self.placeholder is None:
                return walk(self.root)
            outer, aside = _set_aside(self.root, self.placeholder)
            tree = parse(disallowed_as_text(self.to_html(outer)))
            if aside.keys() <= set(_in_place(tree)):
                return walk(tree, aside)
        return walk(parse(disallowed_as_text(self.to_html(self.root))))


def _has_nested_links(root: "Element[Any]") -> bool:
    """The one thing in our trees that a parser would change: it ends a link where another one
    begins."""
    return any(next(islice(link.iter("a"), 1, None), None) is not None for link in root.iter("a"))


def _set_aside(
    root: "Element[Any]", placeholder: str
) -> "tuple[Element[Any], dict[str | None, Element[Any]]]":
    """`root` with a `<pre>` in place of each run of children without placeholders, and the runs
    by the text of their `<pre>`."""
    outer = Element(root.tag)
    outer.text = root.text
    aside: dict[str | None, Element[Any]] = {}
    run: Element[Any] | None = None
    for child in root:
        if placeholder in (child.tail or "") or any(placeholder in t for t in child.itertext()):
            outer.append(child)
            run = None
            continue
        if run is None:
            mark = SubElement(outer, "pre")
            mark.text = aside_text(len(aside))
            run = aside[mark.text] = Element(root.tag)
        run.append(child)
    return outer, aside


def _in_place(tree: "Element[Any]") -> Iterator[str | None]:
    """The texts of all `<pre>` that stand where no other element changes what is in them."""
    stack = [tree]
    while stack:
        for child in stack.pop():
            if _MOVED in child.attrib:
                continue  # what follows in it was read by other rules, those for tables
            if child.tag == "pre" and not len(child):
                yield child.text
            elif child.tag in _CONTAINERS:
                stack.append(child)
