"""Our own small judged collection: pages of many subjects, and queries with the pages they want.

`pages.txt`: each page begins with `=== path | title | kind | tags`; then come lines of text, of
headings (`## `) and of code (four spaces). `queries.tsv`: class, query, paths joined by `|`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.search.shelf import document
from wiki.search.documents import Document

FOLDER = Path(__file__).parents[1] / "data" / "search"
# Queries that share hardly a word with their page, by collection: query, paths joined by `|`.
MEANINGS = {
    "own": FOLDER / "meaning.tsv",
    "golden": Path(__file__).with_name("golden_meaning.tsv"),
}


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query of a class, and the pages of which one answers it."""

    kind: str
    text: str
    paths: tuple[str, ...]


def judged_queries() -> list[JudgedQuery]:
    lines = (FOLDER / "queries.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return [
        JudgedQuery(kind, text.replace("\\n", "\n"), tuple(paths.split("|")))
        for kind, text, paths in rows
    ]


def judged_pages() -> Iterator[Document]:
    pages = (FOLDER / "pages.txt").read_text(encoding="utf-8").split("=== ")[1:]
    for number, page in enumerate(pages, 1):
        head, *lines = page.splitlines()
        path, title, kind, tags = head.split(" | ")
        headings = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
        code = [line.strip() for line in lines if line.startswith("    ")]
        body = [line for line in lines if not line.startswith(("    ", "## "))]
        yield document(
            number,
            title,
            "\n".join(body),
            path=path,
            kind=kind,
            tags=tuple(tags.split(", ")),
            headings=tuple(headings),
            code="\n".join(code),
        )
