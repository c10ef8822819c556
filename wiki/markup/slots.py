"""Slots: what a stored rendering leaves open until somebody reads it.

Where a link leads, whether a picture is shown and what another page says depends on the reader and
changes without the text. `with_slots` marks these places once, at save, in HTML that was sanitized;
`split` cuts the stored string at the marks, and `join` puts it together again with the values for
one reader. How a slot is written and stored is known here alone. No author can imitate one: the
sanitizer takes away the classes and attributes by which they are known, and escapes `<` and `"`
wherever they are no markup; the marks are controls that no text keeps.
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
LINK_SCHEME = "wiki:"  # of the `href` of a link to a page
EMBED_CLASS = "embed"
EXTERNAL_CLASS = "external"

# ASCII's separators of records and units: around a slot, and before each of its fields.
_SLOT_MARK, _FIELD_MARK = "\x1e", "\x1f"

_LINKED = ' data-linked=""'

# Keys of files that are their folder's page. That of the folder of all is the front page, unless a
# page has the name.
FRONT_KEYS = frozenset({"index", "readme"})
_FILE_ENDING = re.compile(r"\.[A-Za-z0-9]{1,12}\Z")
_TAG = re.compile(r"<[^<>]*>")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


class LinkSlot(NamedTuple):
    """The beginning of a link's tag. `target` and `fragment` (with its `#`) are percent-encoded;
    `title` is the attribute as it is written."""

    target: str
    fragment: str = ""
    title: str = ""

    @property
    def html(self) -> str:
        return f'{LINK_START} href="{LINK_SCHEME}{self.target}{self.fragment}"{self.title}'

    @property
    def key(self) -> str:
        """The key of the page that it asks for."""
        return _key(self.target)

    @property
    def file_name(self) -> str:
        """The name of the file that it may mean; empty where it doesn't end like one."""
        if not _FILE_ENDING.search(self.target):
            return ""
        return unquote(self.target).rpartition("/")[2]


class BareLink(NamedTuple):
    """The beginning of the tag of a link that reads as its address."""

    @property
    def html(self) -> str:
        return f'<a class="{EXTERNAL_CLASS}"'

    @property
    def marked(self) -> str:
        """As it is shown: on paper the address needn't follow it."""
        return f'<a class="{EXTERNAL_CLASS} bare"'


class EmbedSlot(NamedTuple):
    """What is shown of others: `kind` is `page`, `file` or `pages`.

    `what` is a page's path or title, a file's name, or the lines of a query; `detail` a section's
    id, or what was after the bar of a picture: its width, or its description. `is_linked`: it is
    inside a link.
    """

    kind: str
    what: str
    detail: str = ""
    is_linked: bool = False

    @property
    def is_block(self) -> bool:
        """Whether what it embeds stands as a block of its own, rather than in a line."""
        return self.kind != "file"

    @property
    def file_name(self) -> str:
        """Empty for what is no file."""
        return self.what if self.kind == "file" else ""

    @property
    def html(self) -> str:
        tag = "div" if self.is_block else "span"
        value = escape(quote(self.what, safe="/")) + f"#{quote(self.detail, safe='')}"
        linked = _LINKED if self.is_linked else ""
        return f'<{tag} class="{EMBED_CLASS}" data-{self.kind}="{value}"{linked}></{tag}>'


class PictureSlot(NamedTuple):
    """A picture that is none of the wiki's own by its address, which is percent-encoded.

    `attributes` are those of the picture as they are written, `alt` among them.
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
        """In small letters; empty for an address without one."""
        found = _SCHEME.match(self.address)
        return found[1].lower() if found else ""

    @property
    def file_name(self) -> str:
        """The name of the file that a relative address asks for; empty for every other address."""
        if self.scheme or self.address.startswith(("/", "\\")):
            return ""
        return unquote(re.split(r"[?#]", self.address)[0]).rpartition("/")[2]


class FileImage(NamedTuple):
    """A picture among the wiki's own files, in whatever content it has now.

    `name` and `attributes` stand as they are written.
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
        """As written in HTML with slots, where a section begins."""
        return _marked("heading", self.level, self.id)


class HeadingEnd(NamedTuple):
    """The closing tag of a heading; `id` is that of its opening one."""

    level: int
    id: str

    @property
    def html(self) -> str:
        return f"</h{self.level}>"


class TaskBox(NamedTuple):
    """The box of a task; `label` stands as it is written."""

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
Fillers: TypeAlias = Mapping[type[Any], Callable[[Any], str]]  # by the kind of slot they fill


def _marked(kind: str, *fields: object) -> str:
    return f"{_SLOT_MARK}{_FIELD_MARK.join((kind, *map(str, fields)))}{_SLOT_MARK}"


# How the sanitizer's serialiser writes each kind. Its groups are the fields that are stored.
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
# Both ends of a heading have its id; headings aren't nested.
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
    """Sanitized `html` as it is stored: each slot marked, with its fields."""
    html = html.replace(_SLOT_MARK, "\ufffd").replace(_FIELD_MARK, "\ufffd")
    for written, stored in _STORED:
        html = written.sub(stored, html)
    return _HEADING.sub(_STORED_HEADING, html)


def in_link(html: str) -> str:
    """`html` of an embedded picture, to be shown inside a link."""
    return _EMBEDDED_FILE.sub(rf"\1{_LINKED}", html)


def without_slots(slotted: str) -> str:
    """The HTML again of which `with_slots` made `slotted`."""
    return join(split(slotted), {}) if _SLOT_MARK in slotted else slotted


def split(slotted: str) -> list[str | Slot]:
    """What `with_slots` made as literal parts and slots, in turns."""
    pieces = slotted.split(_SLOT_MARK)
    parts: list[str | Slot] = [*pieces]
    parts[1::2] = [_slot(*slot.split(_FIELD_MARK)) for slot in pieces[1::2]]
    return parts


def _slot(kind: str, *fields: str) -> Slot:
    return _MAKERS[kind](*fields)


def slots_of(slotted: str, kind: type[S]) -> list[S]:
    """The slots of one kind in what `with_slots` made."""
    return [part for part in split(slotted) if isinstance(part, kind)]


def linked_names(slotted: str) -> set[str]:
    """The names of pages that links and embeds ask for in what `with_slots` made."""
    parts = split(slotted)
    links = {unquote(part.target) for part in parts if isinstance(part, LinkSlot)}
    return links | {
        part.what for part in parts if isinstance(part, EmbedSlot) and part.kind == "page"
    }


def link_texts(slotted: str) -> list[tuple[str, str]]:
    """The links to pages in what `with_slots` made, in order: what each asks for, and its text."""
    texts: list[tuple[str, str]] = []
    target, written = None, ""
    for part in split(slotted):
        if isinstance(part, LinkSlot):
            target, written = unquote(part.target), ""
        elif target is not None:
            literal, has_end, _ = (part if isinstance(part, str) else "").partition("</a>")
            written += literal
            if has_end:
                # What is left of the opening tag comes first.
                text = _TAG.sub("", written.partition(">")[2])
                texts.append((target, " ".join(unescape(text).split())))
                target = None
    return texts


def file_names(parts: Parts, found: Container[str] = ()) -> set[str]:
    """The names by which `parts` mean files. A link whose key is in `found` means a page."""
    names = {
        part.file_name
        for part in parts
        if isinstance(part, EmbedSlot | PictureSlot)
        or (isinstance(part, LinkSlot) and part.key not in found)
    }
    return names - {""}


def join(parts: Parts, fillers: Fillers) -> str:
    """The HTML of `parts`; a slot of a kind without a filler stays as it was written."""
    return "".join(
        part if isinstance(part, str) else fillers.get(type(part), _written)(part) for part in parts
    )


def _written(slot: Slot) -> str:
    return slot.html


def link_filler(
    found: Mapping[str, str], missing_hint: str = MISSING_HINT, root: str = ""
) -> Callable[[LinkSlot], str]:
    """Writes links as one reader sees them.

    `found` gives, for the key of a link, the path of a page this reader may see; every other link
    becomes an offer to write the page, with `missing_hint` as its tooltip, or leads to the front
    page. `root` is the path below which the wiki is.
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


# Pages link to the same targets again and again: unquoting and folding them is half the time.
@lru_cache(maxsize=8192)
def _key(encoded: str) -> str:
    return path_key(unquote(encoded))


@lru_cache(maxsize=8192)
def _quoted(path: str) -> str:
    return quote(path, safe="/")


@lru_cache(maxsize=8192)
def _offer(encoded: str) -> str:
    """The address of a new page."""
    fields = (
        f"{name}={quote(v, safe='/' * (name == 'path'))}"
        for name, v in new_page_fields(unquote(encoded)).items()
    )
    return "/new?" + "&amp;".join(fields)


def new_page_fields(target: str) -> dict[str, str]:
    """What the editor begins with for a missing page: a path when there is a `/`, a title when it
    reads like one."""
    fields = {}
    if "/" not in target or target != target.lower() or " " in target:
        fields["title"] = target
    if "/" in target:
        fields["path"] = target
    return fields


def _alt_of(attributes: str) -> str:
    return unescape(attributes.partition(' alt="')[2].partition('"')[0])
