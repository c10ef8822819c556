"""Postprocesses sanitized elements: links, pictures, ids, frames around tables, anchors."""

import re
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from typing import Any

from wiki.markup import links, slots
from wiki.markup.headings import slug_of_heading
from wiki.markup.inlines import pictures
from wiki.markup.links import DestinationKind
from wiki.markup.model import LINKS_LIMIT, InternalLink, LinkKind
from wiki.markup.sentinels import TRUSTED_MARK, inside_link

SECTION_LABEL = "Link to this section"
TABLE_LABEL = "Table"
EXTERNAL_REL = "nofollow ugc noopener"

_ANCHOR_LINK = re.compile(r'(<a href=")(#[^"]*)"')
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

TreeToken = dict[str, Any]  # html5lib's: type, name, data
Attributes = dict[tuple[None, str], str]


class Postprocessor:
    """Postprocesses the tokens of one page; collects its links and the ids that authors set."""

    def __init__(self, path: str, heading_ids: frozenset[str]) -> None:
        self._path = path
        self._heading_ids = heading_ids
        self.links: dict[InternalLink, None] = {}
        self.user_ids: set[str] = set()
        self._open_links = 0
        self._open_tables = 0
        self._anchors: list[str] = []  # ids of the open headings, empty for an author's own
        self._by_name: dict[str, Callable[[Attributes], Attributes | None]] = {
            "a": self._link,
            "input": _input,
        }

    def finish(self, source: Iterable[TreeToken]) -> Iterator[TreeToken]:
        """Yield the tokens with marks removed and frames added. `source` must be well nested."""
        for token in source:
            kind = token["type"]
            if kind == "StartTag":
                yield from self._start(token)
            elif kind == "EndTag":
                yield from self._end(token)
            elif kind == "EmptyTag":
                yield from self._empty(token)
            else:
                if self._open_links and kind == "Characters":
                    token["data"] = inside_link(token["data"])
                yield token

    def _start(self, token: TreeToken) -> Iterator[TreeToken]:
        name = token["name"]
        if name in _HEADINGS:
            own = token["data"].get((None, "id"), "")
            self._anchors.append(own[1:] if own.startswith(TRUSTED_MARK) else "")
            # Headings cannot be nested: a browser would end the outer one here.
            if len(self._anchors) > 1:
                return
            if name == "h1":  # only the page's title is an h1
                token["name"] = "h2"
        elif name == "a":
            self._open_links += 1
            if self._open_links > 1:  # nor can links, though html5lib lets one stand in a table
                return
        self._attributes(token)
        if name == "table":
            self._open_tables += 1
            if self._open_tables == 1:
                yield _start("div", _TABLE_FRAME)
        yield token

    def _end(self, token: TreeToken) -> Iterator[TreeToken]:
        name = token["name"]
        if name in _HEADINGS:
            anchor = self._anchors.pop()
            if self._anchors:
                return
            if name == "h1":
                token["name"] = "h2"
            if anchor and not self._open_links:
                yield from _anchor(anchor)
        elif name == "a":
            self._open_links -= 1
            if self._open_links:
                return
        yield token
        if name == "table":
            self._open_tables -= 1
            if self._open_tables == 0:
                yield _end("div")

    def _empty(self, token: TreeToken) -> Iterator[TreeToken]:
        if token["name"] == "img":
            yield from self._picture(token)
            return
        self._attributes(token)
        if token["data"] is not None:
            yield token

    def _picture(self, token: TreeToken) -> Iterator[TreeToken]:
        """An image of one of the wiki's own files, or a slot for any other image."""
        attributes: Attributes = token["data"]
        marked = attributes.pop((None, "data-picture"), "")[1:]
        written = attributes.pop((None, "src"), marked)
        address = links.without_invisible(unescape(written))
        rest: Attributes = {
            (None, "alt"): attributes.pop((None, "alt"), ""),
            (None, "loading"): "lazy",
            **self._unmarked(attributes),
        }
        if pictures.is_own(address):
            token["data"] = {(None, "src"): _escaped(address), **rest}
            yield token
            return
        place: Attributes = {
            (None, "class"): slots.EMBED_CLASS,
            (None, "data-picture"): pictures.quoted_address(address),
        }
        if self._open_links:
            place[None, "data-linked"] = ""
        rest.pop((None, "class"), None)
        rest.pop((None, "id"), None)
        yield _start("span", {**place, **rest})
        yield _end("span")

    def _attributes(self, token: TreeToken) -> None:
        attributes: Attributes = token["data"]
        own = self._by_name.get(token["name"])
        if own is not None:
            token["data"] = own(attributes)
        elif not attributes:
            return
        if token["data"]:
            token["data"] = self._unmarked(token["data"])

    def _unmarked(self, attributes: Attributes) -> Attributes:
        clean: Attributes = {}
        for key, value in attributes.items():
            if value.startswith(TRUSTED_MARK):
                clean[key] = value[1:]
            elif key[1] == "id":
                self.user_ids.add(value)
                clean[key] = f"user-{value}"
            else:
                clean[key] = value
        return clean

    def _link(self, attributes: Attributes) -> Attributes:
        written = attributes.pop((None, "href"), None)
        name = attributes.pop((None, "name"), None)
        if name is not None:  # anchors in old HTML have a `name`
            attributes.setdefault((None, "id"), name)
        if written is None:
            return attributes
        if written.startswith(TRUSTED_MARK):
            target, _, fragment = written[1:].partition("#")
            found = links.wiki_destination(target, fragment)
            return self._written(found, attributes, "wiki")
        return self._written(
            links.destination_of(unescape(written), self._path), attributes, "markdown"
        )

    def _written(
        self, found: links.Destination, attributes: Attributes, kind: LinkKind
    ) -> Attributes:
        match found.kind:
            case DestinationKind.PAGE:
                link = InternalLink(found.target, found.fragment, kind)
                attributes.pop((None, "class"), None)
                page = links.quoted_target(found.target, found.fragment)
                if len(self.links) >= LINKS_LIMIT and link not in self.links:
                    return {(None, "href"): f"/wiki/{page}", **attributes}
                self.links[link] = None
                return {
                    (None, "class"): slots.LINK_CLASS,
                    (None, "href"): slots.LINK_SCHEME + page,
                    **attributes,
                }
            case DestinationKind.ANCHOR:
                return {(None, "href"): links.anchor_of(self._id_of(found.fragment)), **attributes}
            case DestinationKind.LOCAL:
                return {(None, "href"): _escaped(found.target), **attributes}
            case DestinationKind.EXTERNAL:
                return {
                    (None, "class"): slots.EXTERNAL_CLASS,
                    (None, "href"): _escaped(found.target),
                    (None, "rel"): EXTERNAL_REL,
                    **{key: value for key, value in attributes.items() if key[1] != "class"},
                }
            case _:
                return attributes

    def _id_of(self, fragment: str) -> str:
        """The id for `fragment`; `#Some Heading` means the same as `#some-heading`."""
        if fragment.startswith("^"):  # the id of a block
            return fragment.lower()
        slug = slug_of_heading(fragment)
        is_heading = fragment not in self._heading_ids and slug in self._heading_ids
        return slug if is_heading else fragment

    def retarget_user_ids(self, html: str) -> str:
        """`html` with links to the author's own ids changed to the ids as prefixed."""
        ids = {links.anchor_of(each): each for each in self.user_ids - self._heading_ids}
        if not ids:
            return html
        return _ANCHOR_LINK.sub(
            lambda found: f'{found[1]}#user-{found[2][1:]}"' if found[2] in ids else found[0], html
        )


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;")


def _input(attributes: Attributes) -> Attributes | None:
    if attributes.get((None, "type")) != f"{TRUSTED_MARK}checkbox":
        return None
    clean: Attributes = {(None, "type"): "checkbox", (None, "disabled"): ""}
    if (None, "checked") in attributes:
        clean[None, "checked"] = ""
    label = attributes.get((None, "aria-label"), "")
    return {**clean, (None, "aria-label"): label}


_TABLE_FRAME: Attributes = {
    (None, "class"): "table-scroll",
    (None, "tabindex"): "0",
    (None, "role"): "region",
    (None, "aria-label"): TABLE_LABEL,
}


def _anchor(heading_id: str) -> Iterator[TreeToken]:
    yield _start(
        "a",
        {
            (None, "class"): "anchor",
            (None, "href"): links.anchor_of(heading_id),
            (None, "aria-label"): SECTION_LABEL,
        },
    )
    yield {"type": "Characters", "data": "#"}
    yield _end("a")


def _start(name: str, attributes: Attributes) -> TreeToken:
    return {"type": "StartTag", "namespace": None, "name": name, "data": dict(attributes)}


def _end(name: str) -> TreeToken:
    return {"type": "EndTag", "namespace": None, "name": name, "data": {}}
