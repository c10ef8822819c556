"""A page as a Markdown file: what import, export and the starter pages have in common."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from wiki.files.names import DEVICE
from wiki.pages.content import Content
from wiki.pages.frontmatter import Problem, compose, parse
from wiki.pages.kinds import DEFAULT_KIND, KINDS

SUFFIXES = (".md", ".markdown")
OWN_NAMES = frozenset({"path", "title", "kind", "tags"})  # in front matter they are no fields
NAME_LIMIT = 200  # bytes of a file's name; file systems stop at 255, and a suffix is added

_INDEX_NAMES = frozenset({"readme", "index"})  # a file of this name is its folder's page
_HEADING = re.compile(r"\s*#[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_MARKUP = re.compile(r"[*_`]|\[(?=[^\]]*\]\()|\]\([^)]*\)")
_NOT_IN_FILE_NAME = re.compile(r'[\x00-\x1f\\/:*?"<>|]')


@dataclass(frozen=True, slots=True)
class PageSource:
    """What a file or a row says of a page; `None` where it says nothing.

    `fallback_title` is for a page that has no title yet.
    """

    path: str
    text: str
    title: str | None = None
    kind: str | None = None
    tags: tuple[str, ...] | None = None
    fields: Mapping[str, str | list[str]] = field(default_factory=dict)
    fallback_title: str = ""
    problem: Problem | None = None

    def content(self) -> Content:
        """The content of a new page."""
        return Content(
            title=self.title or self.fallback_title,
            text=self.text,
            kind=self.kind or DEFAULT_KIND,
            tags=self.tags or (),
            fields=dict(self.fields),
        )

    def onto(self, existing: Content) -> Content:
        """The next content of a page: what isn't said stays as it is."""
        return replace(
            existing,
            title=self.title or existing.title,
            text=self.text,
            kind=self.kind or existing.kind,
            tags=existing.tags if self.tags is None else self.tags,
            fields={**existing.fields, **self.fields},
        )


def read_page(name: str, source: str) -> PageSource:
    """The page in the file `name` (with `/`, relative to the folder of all). Never raises."""
    matter = parse(source)
    fields = dict(matter.fields)
    path = _word(fields.pop("path", None)) or path_of_file(name)
    title = _word(fields.pop("title", None))
    kind = _word(fields.pop("kind", None))
    tags = fields.pop("tags", None)
    return PageSource(
        path=path,
        text=matter.body,
        title=title,
        kind=kind if kind in KINDS else None,
        tags=None if tags is None else _tags(tags),
        fields=fields,
        fallback_title=_heading(matter.body) or _title_of_file(name),
        problem=matter.problem,
    )


def write_page(path: str, content: Content, name: str) -> str:
    """The text of the file `name` for the page at `path`; `read_page` gives both back.

    Raises `FieldsTooLong`.
    """
    # An empty list too: without one the next import would leave the tags as they are there.
    fields: dict[str, str | list[str]] = {
        "title": content.title,
        "kind": content.kind,
        "tags": list(content.tags),
    }
    if path_of_file(name) != path:
        fields["path"] = path
    for key, value in content.fields.items():
        if key not in OWN_NAMES:
            fields[key] = value if isinstance(value, (str, list)) else str(value)
    return compose(fields, content.text)


def is_page_file(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def path_of_file(name: str) -> str:
    """The page's path that a file's name stands for; README and index stand for their folder."""
    file = PurePosixPath(name)
    stem = file.name[: -len(file.suffix)] if is_page_file(name) else file.name
    if stem.lower() in _INDEX_NAMES and file.parent.name:
        return str(file.parent)
    return str(file.parent / stem)


def file_of_path(path: str) -> str:
    """A file's name for the page at `path` that every file system takes.

    Two paths may get the same one; what `path_of_file` doesn't give back stands in the file.
    """
    *folders, last = path.split("/")
    names = [_file_name(part) for part in folders]
    names = [name + "_" if is_page_file(name) else name for name in names]
    return "/".join([*names, _file_name(last) + ".md"])


def _file_name(segment: str) -> str:
    name = _NOT_IN_FILE_NAME.sub("_", segment)
    name = name.encode()[:NAME_LIMIT].decode(errors="ignore").rstrip(" .") or "_"
    # Hidden files are left out by importers, ours too; Windows keeps some names for devices.
    return f"_{name}" if name.startswith(".") or DEVICE.match(name) else name


def _word(value: str | list[str] | None) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else None


def _tags(value: str | list[str]) -> tuple[str, ...]:
    """A list, or words between commas: `clean_tags` parts them."""
    return (value,) if isinstance(value, str) else tuple(value)


def _heading(text: str) -> str:
    """The first heading, when the text begins with it."""
    found = _HEADING.match(text)
    return _MARKUP.sub("", found[1]).strip() if found else ""


def _title_of_file(name: str) -> str:
    last = path_of_file(name).rpartition("/")[2]
    words = re.sub(r"[-_\s]+", " ", last).strip()
    return words[:1].upper() + words[1:]
