"""A page as a Markdown file, for import, export and the starter pages."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wiki.config import PAGE_TEXT_LIMIT
from wiki.files.names import DEVICE_NAME
from wiki.hub.dialects import mdx, shortcodes
from wiki.hub.dialects.heading_attributes import split_attributes, strip_heading_attributes
from wiki.hub.dialects.material import convert_material
from wiki.hub.dialects.media_players import replace_media_players
from wiki.kinds.builtin import DEFAULT_KIND
from wiki.kinds.current import all_kinds
from wiki.markup import render
from wiki.markup.links import page_path_parts
from wiki.naming import TITLE_LIMIT, NameRefused, clean_path, path_key, slug_of
from wiki.pages.writing.content import Content
from wiki.pages.writing.frontmatter import (
    MAX_HEADER_LENGTH,
    FieldsTooLong,
    FrontMatterProblem,
    compose_front_matter,
    front_matter_of,
    parse_front_matter,
)

PAGE_SUFFIXES = (".md", ".markdown", mdx.MDX_SUFFIX)
FILE_LIMIT = PAGE_TEXT_LIMIT + MAX_HEADER_LENGTH * 4  # bytes
FILES_FOLDER = "files"  # the folder of attached files, beside the pages
FILE_NAME_LIMIT = 200  # bytes of a file's name; file systems allow 255, and a suffix is added

# A first-level heading at the start of a text, ATX or Setext, and one empty line below it.
_HEADING = re.compile(
    r"(?:[ \t]*\n)* {0,3}(?:#[ \t]+(?P<marked>[^\n]*)(?:\n|\Z)"
    r"|(?P<underlined>[^\s#>\-+*=`~|<][^\n]*)\n {0,3}=+[ \t]*(?:\n|\Z))(?:[ \t]*\n)?"
)
_HEADING_LIMIT = 20 * TITLE_LIMIT  # characters of a heading's source that may become a title
_PLAIN = re.compile(r"[A-Za-z0-9 ,.;?()'\"+-]*")
_FORMER = ("aliases", "redirect_from")  # Hugo, Obsidian, Jekyll
_ADDRESSES = ("id", "slug", "url", "permalink")  # of Docusaurus, Hugo, Jekyll
_ADDRESS = re.compile(r"/?[\w-]+(?:/[\w.-]+)*/?")
_NOT_IN_FILE_NAME = re.compile(r'[\x00-\x1f\\/:*?"<>|]')


@dataclass(frozen=True, slots=True)
class MarkdownPage:
    """What a file or row declares about a page; `None` for what it leaves open.

    `fallback_title` is for a page that doesn’t have a title yet.
    """

    path: str
    text: str
    title: str | None = None
    kind: str | None = None
    tags: tuple[str, ...] | None = None
    fields: Mapping[str, str | list[str]] = field(default_factory=dict)
    fallback_title: str = ""
    problem: FrontMatterProblem | None = None
    heading: str = ""  # the first heading, which became the title and was removed from the text
    written_ids: Mapping[int, str] = field(default_factory=dict)  # ids of headings, by line
    unknown_kind: str = ""  # a kind that this wiki doesn't have
    is_whole: bool = False  # it declares everything, as an export from Nexus does

    @property
    def former_paths(self) -> tuple[str, ...]:
        """Former paths and aliases, from the fields that other programs use for them."""
        folder = posixpath.dirname(self.path)
        names: list[str] = []
        for field_name in _FORMER:
            value = self.fields.get(field_name, ())
            names += [value] if isinstance(value, str) else value
        for field_name in _ADDRESSES:
            value = self.fields.get(field_name, "")
            if isinstance(value, str) and _ADDRESS.fullmatch(value):
                names.append(posixpath.join(folder, value))
        return tuple(re.sub(r"\.html?$", "", name.strip().strip("/")) for name in names)

    def content(self) -> Content:
        """The content of a new page."""
        return self.onto(Content(self.fallback_title, "", DEFAULT_KIND))

    def onto(self, existing: Content) -> Content:
        """The next content of an existing page: what the file leaves open stays, unless it
        `is_whole`.

        Fields that a file can’t hold are kept.
        """
        is_whole = self.is_whole and _fits_a_file(existing, self.path)
        return replace(
            existing,
            title=self.title or existing.title,
            text=self.text,
            kind=self.kind or existing.kind,
            tags=existing.tags if self.tags is None else self.tags,
            fields=dict(self.fields) if is_whole else {**existing.fields, **self.fields},
        )


def read_markdown_page(name: str, source: str, path: str = "") -> MarkdownPage:
    """The page in the file `name`, a path relative to the root folder that stands for `path`.

    Never raises. A first heading that equals the title, or is the only title, is removed from
    the text.
    """
    matter = parse_front_matter(source)
    fields = dict(matter.fields)
    path = _word(fields.pop("path", None)) or path or path_of_file(name)
    title = _word(fields.pop("title", None))
    kind = _word(fields.pop("kind", None))
    tags = fields.pop("tags", None)
    # An export from Nexus is read as written. Others use titles, tags and kinds differently.
    is_ours = bool(title and kind in all_kinds() and tags is not None)
    body = matter.body
    if not is_ours:
        body = mdx.convert_mdx(body, is_mdx=name.lower().endswith(mdx.MDX_SUFFIX))
        body = replace_media_players(shortcodes.convert_shortcodes(body))
        body = convert_material(body)
    heading, rest = _heading(body)
    if title and path_key(heading) != path_key(title):
        heading = ""
    text = rest if heading else body
    ids: dict[int, str] = {}
    if not is_ours:
        text, ids = strip_heading_attributes(text)
    return MarkdownPage(
        path=path,
        text=text,
        title=title,
        kind=kind if kind in all_kinds() else None,
        unknown_kind=kind if kind and kind not in all_kinds() else "",
        tags=None if tags is None else _tags(tags),
        fields=fields,
        fallback_title=heading or _title_of_file(name),
        problem=matter.problem,
        heading=heading,
        written_ids=ids,
        is_whole=is_ours,
    )


def write_markdown_page(path: str, content: Content, name: str) -> str:
    """The text of the file `name` for the page at `path`; `read_markdown_page` reads both back.

    Raises `FieldsTooLong`.
    """
    fields = front_matter_of(content, path if path_of_file(name) != path else "")
    written = compose_front_matter(fields, content.text)
    # A heading that would be read as the title has to be written twice.
    if read_markdown_page(name, written).heading:
        written = compose_front_matter(fields, f"# {content.title}\n\n{content.text}")
    return written


def _fits_a_file(content: Content, path: str) -> bool:
    try:
        compose_front_matter(front_matter_of(content, path), "")
    except FieldsTooLong:
        return False
    return True


def is_page_file(name: str) -> bool:
    return name.lower().endswith(PAGE_SUFFIXES)


def path_of_file(name: str) -> str:
    """The page path that a file name stands for; README and index stand for their folder."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return "/".join(page_path_parts(parts) if parts and is_page_file(name) else parts)


def page_path(source: MarkdownPage) -> str:
    """The path for a file’s page; a name that isn’t a valid path is turned into one.

    Raises `NameRefused`.
    """
    try:
        return clean_path(source.path)
    except NameRefused as error:
        if error.reason != "character":
            raise
    return clean_path("/".join(slug_of(part) for part in source.path.split("/")))


def file_of_path(path: str) -> str:
    """A file name for the page at `path` that every file system accepts.

    Two paths may get the same name; what `path_of_file` can’t recover is written into the file.
    """
    *folders, last = path.split("/")
    names = [_file_name(part) for part in folders]
    names = [name + "_" if is_page_file(name) else name for name in names]
    if names and names[0].casefold() == FILES_FOLDER:
        names[0] = f"_{names[0]}"
    return "/".join([*names, _file_name(last) + ".md"])


def _file_name(segment: str) -> str:
    name = _NOT_IN_FILE_NAME.sub("_", segment)
    name = name.encode()[:FILE_NAME_LIMIT].decode(errors="ignore").rstrip(" .") or "_"
    # Importers skip hidden files, and Windows reserves some names for devices.
    return f"_{name}" if name.startswith(".") or DEVICE_NAME.match(name) else name


def _word(value: str | list[str] | None) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else None


def _tags(value: str | list[str]) -> tuple[str, ...]:
    """A list of tags, or tags in one string, separated by commas if there are any, else by spaces
    as in Jekyll.
    """
    if not isinstance(value, str):
        return tuple(value)
    return (value,) if "," in value else tuple(value.split())


def _heading(text: str) -> tuple[str, str]:
    """The text of a leading heading, and the rest; an empty heading if there is none."""
    found = _HEADING.match(text)
    if not found:
        return "", text
    marked = (found["marked"] or "").rstrip(" \t")
    unclosed = marked.rstrip("#")  # `# Title ##`
    marked = unclosed if unclosed.endswith((" ", "\t")) else marked
    # `{#id}` and `{: .class }` aren't part of a title.
    written = split_attributes(marked or found["underlined"] or "")[0].strip()
    if len(written) > _HEADING_LIMIT:
        return "", text
    if not _PLAIN.fullmatch(written):
        written = "".join(render(f"# {written}").headings[:1])
    is_title = 0 < len(written) <= TITLE_LIMIT and written.isprintable()
    return (written, text[found.end() :]) if is_title else ("", text)


def _title_of_file(name: str) -> str:
    last = path_of_file(name).rpartition("/")[2]
    words = re.sub(r"[-_\s]+", " ", last).strip()
    return words[:1].upper() + words[1:]
