"""The allow-list of elements and attributes, used by both sanitizers.

First what an author may write, then what the wiki adds around it. Code, formulas and slots are not
listed: they are inserted after sanitizing, with all text escaped.
"""

import re

from wiki.letters import LETTERS

# Blocks; tables; inline elements.
_TAG_NAMES = """
    blockquote caption dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre
    section summary ul
    col colgroup table tbody td tfoot th thead tr
    a abbr b bdi bdo br cite code del dfn em i img input ins kbd mark q rp rt ruby s samp small
    span strong sub sup time tt u var wbr
"""
TAGS = frozenset(re.findall(r"\S+", _TAG_NAMES))
PROTOCOLS = frozenset({"http", "https", "mailto"})

_ALIGNMENT = re.compile(r"(?:left|center|right)$")
_ANY = re.compile(r"")
_NUMBER = re.compile(r"-?[0-9]{1,5}$")
_ITEM_NUMBER = re.compile(r"-?[0-9]{1,9}$")  # CommonMark allows at most nine digits
_NAME = re.compile(rf"[{LETTERS}.:-]{{1,200}}$")
# What an author's HTML may have; all other attributes in a page carry `TRUSTED_MARK`.
_EVERYWHERE = {
    "id": _NAME,
    "title": _ANY,
    "lang": re.compile(r"[A-Za-z0-9-]{1,35}$"),
    "dir": re.compile(r"(?:ltr|rtl|auto)$"),
    "class": re.compile(r"align-(?:left|center|right)$"),
}
_CELL = {"align": _ALIGNMENT, "colspan": _NUMBER, "rowspan": _NUMBER}
_BLOCK = {"align": _ALIGNMENT}
ATTRIBUTES: dict[str, dict[str, re.Pattern[str]]] = {
    "a": {"name": _NAME},
    "col": {"span": _NUMBER},
    "colgroup": {"span": _NUMBER},
    "details": {"open": _ANY},
    "div": _BLOCK,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _BLOCK),
    "img": {"alt": _ANY, "width": _NUMBER, "height": _NUMBER, "align": _ALIGNMENT},
    "li": {"value": _ITEM_NUMBER},
    "ol": {"start": _ITEM_NUMBER, "reversed": _ANY, "type": re.compile(r"[1aAiI]$")},
    "p": _BLOCK,
    "td": _CELL,
    "th": {**_CELL, "scope": re.compile(r"(?:col|row)(?:group)?$")},
    "time": {"datetime": re.compile(r"[0-9A-Za-z:+. -]{1,40}$")},
}

# What the wiki writes itself, or derives from what an author wrote.
_ID = re.compile(r"(?!nx-)[^\s<>\"]+$")  # ids of the page frame begin with `nx-`
_CLASS = re.compile(
    r"(?:admonition [a-z]+|admonition-title|align-(?:left|center|right)|anchor|embed|external"
    r"|footnote-back|footnote-ref|footnotes|table-scroll|tasks?|wikilink)$"
)
_FOCUS = re.compile(r"0$")
_WRITTEN_EVERYWHERE = {"id": _ID, "class": _CLASS}
_WRITTEN: dict[str, dict[str, re.Pattern[str]]] = {
    "a": {
        "href": re.compile(r"https?://[^\\]|mailto:|wiki:|#|/(?![/\\])", re.IGNORECASE),
        "rel": re.compile(r"nofollow ugc noopener$"),
        "aria-label": _ANY,
    },
    "abbr": {"tabindex": _FOCUS},
    "div": {"tabindex": _FOCUS, "role": re.compile(r"region$"), "aria-label": _ANY},
    "img": {"src": re.compile(r"/files/[0-9]"), "loading": re.compile(r"lazy$")},
    "input": {
        "type": re.compile(r"checkbox$"),
        "disabled": _ANY,
        "checked": _ANY,
        "aria-label": _ANY,
    },
    "span": {
        "data-picture": _ANY,
        "data-linked": _ANY,
        "loading": re.compile(r"lazy$"),
        **ATTRIBUTES["img"],
    },
}
PAGE_TAGS = TAGS - {"h1"}  # h1 is the page's title, above the text
PAGE_PROTOCOLS = PROTOCOLS | {"wiki"}  # links to pages, resolved for each reader
PAGE_ATTRIBUTES = {
    "*": set(_EVERYWHERE) | set(_WRITTEN_EVERYWHERE),
    **{
        tag: set(ATTRIBUTES.get(tag, ())) | set(_WRITTEN.get(tag, ()))
        for tag in ATTRIBUTES.keys() | _WRITTEN.keys()
        if tag in PAGE_TAGS
    },
}


def is_author_attribute(tag: str, name: str, value: str) -> bool:
    """Whether an author's HTML may have this attribute; addresses are checked elsewhere."""
    form = ATTRIBUTES.get(tag, {}).get(name) or _EVERYWHERE.get(name)
    return form is not None and form.match(value) is not None


def is_page_attribute(tag: str, name: str, value: str) -> bool:
    """Whether a finished page may have this attribute."""
    form = _WRITTEN.get(tag, {}).get(name) or _WRITTEN_EVERYWHERE.get(name)
    return (
        form.match(value) is not None if form is not None else is_author_attribute(tag, name, value)
    )
