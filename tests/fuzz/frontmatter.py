"""The front matter parser: every file is a page, and what is written is read back."""

from contextlib import suppress

from tests.optional_resources import ROOT
from wiki.hub.markdown_file import read_markdown_page
from wiki.pages.writing.frontmatter import FieldsTooLong, compose_front_matter, parse_front_matter

WORDS = ("---\n", "\n---\n", "title: ", "tags: [a, b]", "- a\n", "&a ", "*a", "!!str ", "? ", "| ")


def seeds() -> list[bytes]:
    return [path.read_bytes()[:2_000] for path in (ROOT / "wiki/hub/starter").rglob("*.md")]


def check(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    read_markdown_page("a/b.md", text)
    found = parse_front_matter(text)
    with suppress(FieldsTooLong):
        again = parse_front_matter(compose_front_matter(found.fields, found.body))
        assert (again.fields, again.body, again.problem) == (found.fields, found.body, None)
