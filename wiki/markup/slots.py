"""Slots: the parts of a stored rendering that are filled in for each reader.

Where a link leads, whether a picture is shown and what another page says depend on the reader and
change independently of the text. `with_slots` marks these places in sanitized HTML when a page is
saved; `split` splits the stored string at the marks, and `join` fills the slots for one reader.
Only this module knows how slots are written and stored. No author can imitate one: the sanitizer
removes the classes and attributes that identify them and escapes `<` and `"` in text, and the marks
are control characters that are removed from every text.
"""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from functools import lru_cache
from html import escape, unescape
from typing import Any, NamedTuple, TypeAlias, TypeVar
from urllib.parse import quote, unquote

from wiki.naming import path_key

MISSING_HINT = "Not written yet"
LINK_CLASS = "wikilink"
LINK_START = f'<a class="{LINK_CLASS}"'
LINK_SCHEME = "wiki:"  # the scheme of `href` in links to pages
EMBED_CLASS = "embed"
EXTERNAL_CLASS = "external"

# ASCII record and unit separators: around a slot, and before each of its fields.
_SLOT_MARK, _FIELD_MARK = "\x1e", "\x1f"

_LINKED = ' data-linked=""'

# Keys of files that are the page of their folder. At the root this is the front page, unless there
# is a page of that name.
FRONT_KEYS = frozenset({"index", "readme"})
_FILE_ENDING = re.compile(r"\.[A-Za-z0-9]{1,12}\Z")
_TAG = re.compile(r"<[^<>]*>")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


class LinkSlot(NamedTuple):
    """The opening tag of a link. `target` and `fragment` (with its `#`) are percent-encoded;
    `title` is the attribute as written."""

    target: str
    fragment: str = ""
    title: str = ""

    @property
    def html(self) -> str:
        return f'{LINK_START} href="{LINK_SCHEME}{self.target}{self.fragment}"{self.title}'

    @property
    def key(self) -> str:
        """The key of the page that it links to."""
        return _key(self.target)

    @property
    def file_name(self) -> str:
        """The name of the file that it may link to; empty if it has no file extension."""
        if not _FILE_ENDING.search(self.target):
            return ""
        return unquote(self.target).rpartition("/")[2]


class BareLink(NamedTuple):
    """The opening tag of a link with its address as its text."""

    @property
    def html(self) -> str:
        return f'<a class="{EXTERNAL_CLASS}"'

    @property
    def marked(self) -> str:
        """The tag as displayed, with a class that keeps print styles from repeating the address."""
        return f'<a class="{EXTERNAL_CLASS} bare"'


class EmbedSlot(NamedTuple):
    """An embed; `kind` is `page`, `file` or `pages`.

    `what` is the path or title of a page, the name of a file, or the lines of a query; `detail` the
    id of a section, or the text after the bar: the width of a picture, or its description.
    `is_linked`: it is inside a link.
    """

    kind: str
    what: str
    detail: str = ""
    is_linked: bool = False

    @property
    def is_block(self) -> bool:
        """Whether it is a block of its own rather than inline."""
        return self.kind != "file"

    @property
    def file_name(self) -> str:
        """The name of the embedded file; empty if it embeds something else."""
        return self.what if self.kind == "file" else ""

    @property
    def html(self) -> str:
        tag = "div" if self.is_block else "span"
        value = escape(quote(self.what, safe="/")) + f"#{quote(self.detail, safe='')}"
        linked = _LINKED if self.is_linked else ""
        return f'<{tag} class="{EMBED_CLASS}" data-{self.kind}="{value}"{linked}></{tag}>'


class PictureSlot(NamedTuple):
    """A picture that is, by its address, not one of the wiki's own files.

    The address is percent-encoded; `attributes` are those of the tag as written, including `alt`.
    """

    quoted: str
    attributes: str = ""
    is_linked: bool = False

    @property
    def html(self) -> str:
        linked = _LINKED if self.is_linked else ""
        return (
            f'<span class="{EMBED_CLASS}" data-picture="{self.quoted}"{linked}{self.attributes}>'
            "</span>"
        )

    @property
    def address(self) -> str:
        """The picture's address, unquoted."""
        return unquote(self.quoted)

    @property
    def alt(self) -> str:
        """The text that stands for the picture, unescaped; empty without one."""
        return _alt_of(self.attributes)

    @property
    def scheme(self) -> str:
        """The scheme of the address in lower case; empty without one."""
        found = _SCHEME.match(self.address)
        return found[1].lower() if found else ""

    @property
    def file_name(self) -> str:
        """The name of the file at a relative address; empty for any other address."""
        if self.scheme or self.address.startswith(("/", "\\")):
            return ""
        return unquote(re.split(r"[?#]", self.address)[0]).rpartition("/")[2]


class FileImage(NamedTuple):
    """A picture among the wiki's own files, in its current version.

    `name` and `attributes` are as written in HTML.
    """

    file_id: int
    name: str
    attributes: str = ""

    @property
    def html(self) -> str:
        return f'<img src="/files/{self.file_id}/{self.name}"{self.attributes}>'

    @property
    def alt(self) -> str:
        """The text that stands for the picture, unescaped; empty without one."""
        return _alt_of(self.attributes)


class HeadingStart(NamedTuple):
    """The opening tag of a heading that has an id."""

    level: int
    id: str

    @property
    def html(self) -> str:
        return f'<h{self.level} id="{self.id}">'

    @property
    def stored(self) -> str:
        """The slot in stored HTML, where a section begins."""
        return _marked("heading", self.level, self.id)


class HeadingEnd(NamedTuple):
    """The closing tag of a heading; `id` is that of its opening one."""

    level: int
    id: str

    @property
    def html(self) -> str:
        return f"</h{self.level}>"


class TaskBox(NamedTuple):
    """The checkbox of a task; `label` is as written in HTML."""

    is_done: bool
    label: str

    @property
    def html(self) -> str:
        checked = " checked" if self.is_done else ""
        return f'<input type="checkbox" disabled{checked} aria-label="{self.label}">'


Slot: TypeAlias = (
    LinkSlot | BareLink | EmbedSlot | PictureSlot | FileImage | HeadingStart | HeadingEnd | TaskBox
)
S = TypeVar("S")
Parts: TypeAlias = Sequence[str | Slot]
Fillers: TypeAlias = Mapping[type[Any], Callable[[Any], str]]  # by the type of slot that they fill


def _marked(kind: str, *fields: object) -> str:
    return f"{_SLOT_MARK}{_FIELD_MARK.join((kind, *map(str, fields)))}{_SLOT_MARK}"


# How the sanitizer serialises each kind of slot. The groups are the stored fields.
_WRITTEN = {
    "link": rf'{LINK_START} href="{LINK_SCHEME}([^"#]*)(#[^"]*)?"( title="[^"]*")?',
    "bare": rf'<a class="{EXTERNAL_CLASS}"(?= href="([^"]*)"[^>]*>\1</a>)',
    "embed": rf'<(?:div|span) class="{EMBED_CLASS}" data-(pages?|file)="([^"#]*)#([^"]*)"'
    rf"({_LINKED})?></[a-z]+>",
    "picture": rf'<span class="{EMBED_CLASS}" data-picture="([^"]*)"'
    rf'({_LINKED})?((?: [a-z]+="[^"]*")*)></span>',
    "file": r'<img src="/files/([0-9]{1,9})/([^"?/]*)"((?: [a-z]+="[^"]*")*)>',
    "task": r'<input type="checkbox" disabled( checked)? aria-label="([^"]*)">',
}
_STORED = [
    (re.compile(written), _marked(kind, *(rf"\{n + 1}" for n in range(re.compile(written).groups))))
    for kind, written in _WRITTEN.items()
]
_EMBEDDED_FILE = re.compile(rf'(<span class="{EMBED_CLASS}" data-file="[^"]*")(?=>)')
# The end of a heading stores its id, too; headings are not nested.
_HEADING = re.compile(r'<h([2-6]) id="([^"]+)">(.*?)</h\1>', re.DOTALL)
_STORED_HEADING = _marked("heading", r"\1", r"\2") + r"\3" + _marked("heading-end", r"\1", r"\2")
_MAKERS: Mapping[str, Callable[..., Slot]] = {
    "link": LinkSlot,
    "bare": lambda _address: BareLink(),
    "embed": lambda kind, what, detail, linked="": EmbedSlot(
        kind, unquote(what), unquote(detail), bool(linked)
    ),
    "picture": lambda quoted, linked, rest: PictureSlot(quoted, rest, bool(linked)),
    "file": lambda file_id, name, rest: FileImage(int(file_id), name, rest),
    "task": lambda checked, label: TaskBox(bool(checked), label),
    "heading": lambda level, id_: HeadingStart(int(level), id_),
    "heading-end": lambda level, id_: HeadingEnd(int(level), id_),
}


def with_slots(html: str) -> str:
    """Sanitized `html` in its stored form, with each slot marked."""
    html = html.replace(_SLOT_MARK, "\ufffd").replace(_FIELD_MARK, "\ufffd")
    for written, stored in _STORED:
        html = written.sub(stored, html)
    return _HEADING.sub(_STORED_HEADING, html)


def in_link(html: str) -> str:
    """`html` of an embedded picture, to be shown inside a link."""
    return _EMBEDDED_FILE.sub(rf"\1{_LINKED}", html)


def without_slots(slotted: str) -> str:
    """The HTML from which `with_slots` made `slotted`."""
    return join(split(slotted), {}) if _SLOT_MARK in slotted else slotted


def split(slotted: str) -> list[str | Slot]:
    """Split stored HTML into literal parts and slots, alternating."""
    pieces = slotted.split(_SLOT_MARK)
    parts: list[str | Slot] = [*pieces]
    parts[1::2] = [_slot(*slot.split(_FIELD_MARK)) for slot in pieces[1::2]]
    return parts


def _slot(kind: str, *fields: str) -> Slot:
    return _MAKERS[kind](*fields)


def slots_of(slotted: str, kind: type[S]) -> list[S]:
    """The slots of one type in stored HTML."""
    return [part for part in split(slotted) if isinstance(part, kind)]


def linked_names(slotted: str) -> set[str]:
    """The paths and titles of the pages that stored HTML links to or embeds."""
    parts = split(slotted)
    links = {unquote(part.target) for part in parts if isinstance(part, LinkSlot)}
    return links | {
        part.what for part in parts if isinstance(part, EmbedSlot) and part.kind == "page"
    }


def link_texts(slotted: str) -> list[tuple[str, str]]:
    """The links to pages in stored HTML, in order, as pairs of target and text."""
    texts: list[tuple[str, str]] = []
    target, written = None, ""
    for part in split(slotted):
        if isinstance(part, LinkSlot):
            target, written = unquote(part.target), ""
        elif target is not None:
            literal, has_end, _ = (part if isinstance(part, str) else "").partition("</a>")
            written += literal
            if has_end:
                # The rest of the opening tag comes first.
                text = _TAG.sub("", written.partition(">")[2])
                texts.append((target, " ".join(unescape(text).split())))
                target = None
    return texts


def file_names(parts: Parts, found: Container[str] = ()) -> set[str]:
    """The names of files that `parts` refer to. Links with a key in `found` lead to pages."""
    names = {
        part.file_name
        for part in parts
        if isinstance(part, EmbedSlot | PictureSlot)
        or (isinstance(part, LinkSlot) and part.key not in found)
    }
    return names - {""}


def join(parts: Parts, fillers: Fillers) -> str:
    """The HTML of `parts`; slots of a type without a filler stay as written."""
    return "".join(
        part if isinstance(part, str) else fillers.get(type(part), _written)(part) for part in parts
    )


def _written(slot: Slot) -> str:
    return slot.html


def link_filler(
    found: Mapping[str, str], missing_hint: str = MISSING_HINT, root: str = ""
) -> Callable[[LinkSlot], str]:
    """A filler that writes links for one reader.

    `found` maps the key of a link to the path of a page that this reader may see. Any other link
    offers to create the page, with `missing_hint` as its tooltip, or leads to the front page.
    `root` is the path prefix of the wiki.
    """
    hint = escape(missing_hint)

    def fill(link: LinkSlot) -> str:
        path = found.get(link.key)
        if path is None and link.key in FRONT_KEYS:
            return f'<a href="{root}/"{link.title}'
        if path is None:
            offer = f"{root}{_offer(link.target)}"
            return f'<a class="wikilink missing" href="{offer}" title="{hint}" rel="nofollow"'
        address = f"{root}/wiki/{_quoted(path)}{link.fragment}"
        return f'<a class="wikilink" href="{address}"{link.title}'

    return fill


# Cached: unquoting and folding targets takes half of the time, and pages repeat them.
@lru_cache(maxsize=8192)
def _key(encoded: str) -> str:
    return path_key(unquote(encoded))


@lru_cache(maxsize=8192)
def _quoted(path: str) -> str:
    return quote(path, safe="/")


@lru_cache(maxsize=8192)
def _offer(encoded: str) -> str:
    """The address at which a missing page can be created."""
    fields = (
        f"{name}={quote(v, safe='/' * (name == 'path'))}"
        for name, v in new_page_fields(unquote(encoded)).items()
    )
    return "/new?" + "&amp;".join(fields)


def new_page_fields(target: str) -> dict[str, str]:
    """The initial values of the editor's fields for a missing page.

    `path` if `target` has a `/`, `title` if it reads like a title.
    """
    fields = {}
    if "/" not in target or target != target.lower() or " " in target:
        fields["title"] = target
    if "/" in target:
        fields["path"] = target
    return fields


def _alt_of(attributes: str) -> str:
    return unescape(attributes.partition(' alt="')[2].partition('"')[0])
