"""A page before it is sanitized, as the stream of tokens that bleach filters.

Markdown is parsed to a tree already. Serialising it and parsing the HTML would give the same tree,
at several times the cost; so the HTML parser reads only the parts that contain an author's HTML.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from wiki.markup.sanitizer.token_stream import walk
from wiki.markup.sentinels import aside_text

# Marks an element that the parser has moved out of a table; not in the allow-list.
_MOVED = "moved"
# Inside these, an element is parsed as if it stood alone. Inside a table, link or paragraph, the
# parser may move it or end it early.
_CONTAINERS = frozenset({"blockquote", "details", "div", "section"})
# GFM 6.11: tags that change how a browser parses everything after them become text.
_DISALLOWED = re.compile(
    r"<(?=/?(?:title|textarea|style|xmp|iframe|noembed|noframes|script|plaintext)(?:[\s/>]|$))",
    re.IGNORECASE,
)


def disallowed_as_text(html: str) -> str:
    """`html` with the tags that GFM disallows escaped, so that they are shown as text."""
    return _DISALLOWED.sub("&lt;", html)


def with_foster_parenting(element_class: Any) -> Any:
    """A subclass of html5lib's element class that keeps elements that are moved out of a table.

    html5lib inserts such an element into the tree, but not into its own list of children, from
    which the outermost elements are taken ("foster parenting" in the HTML Standard).
    """

    class FosterParentedElement(element_class):  # type: ignore[misc]
        def insertBefore(self, node: Any, refNode: Any) -> None:  # noqa: N802, N803
            super().insertBefore(node, refNode)
            self._childNodes.insert(self._childNodes.index(refNode), node)
            node._element.set(_MOVED, "")

    return FosterParentedElement


@dataclass(frozen=True, slots=True)
class UnsafeTree:
    """A tree with placeholders for the author's HTML.

    Each begins with `placeholder` (`None`: there are none). `to_html` serialises a tree and
    replaces the placeholders.
    """

    root: "Element[Any]"
    placeholder: str | None
    to_html: "Callable[[Element[Any]], str]"

    def tokens(self, parse: "Callable[[str], Element[Any]]") -> Iterator[dict[str, Any]]:
        """The tokens of the page; `parse` is called only for the parts that contain HTML."""
        if not _has_nested_links(self.root):
            if self.placeholder is None:
                return walk(self.root)
            outer, aside = _set_aside(self.root, self.placeholder)
            tree = parse(disallowed_as_text(self.to_html(outer)))
            if aside.keys() <= set(_in_place(tree)):
                return walk(tree, aside)
        return walk(parse(disallowed_as_text(self.to_html(self.root))))


def _has_nested_links(root: "Element[Any]") -> bool:
    """Whether a link contains another; an HTML parser would end the outer one there.

    Nothing else in our trees would be changed by a parser.
    """
    return any(next(islice(link.iter("a"), 1, None), None) is not None for link in root.iter("a"))


def _set_aside(
    root: "Element[Any]", placeholder: str
) -> "tuple[Element[Any], dict[str | None, Element[Any]]]":
    """Replace each run of children without placeholders by a `<pre>`.

    Returns the new root, and the runs by the text of their `<pre>`.
    """
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
    """The texts of the `<pre>` elements at places where their contents are parsed as usual."""
    stack = [tree]
    while stack:
        for child in stack.pop():
            if _MOVED in child.attrib:
                continue  # its contents are parsed by the rules for tables
            if child.tag == "pre" and not len(child):
                yield child.text
            elif child.tag in _CONTAINERS:
                stack.append(child)
