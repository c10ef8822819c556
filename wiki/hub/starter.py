"""The pages that a new wiki starts with."""

from pathlib import Path

from flask import Flask

from wiki.database import StorageUnavailable, db
from wiki.hub.markdown_file import read_markdown_page
from wiki.markup import render
from wiki.pages.maintenance.transfer import PreparedPage, create_first_pages, has_pages
from wiki.pages.writing.content import clean_content

LOCK_ATTEMPTS = 12  # attempts to get the database lock, about a minute in total
STARTER_FOLDER = Path(__file__).with_name("starter")


def load_starter_pages(app: Flask) -> int:
    """Write the starter pages, without an author, unless a page was ever written.

    Returns how many were written. Processes that start at the same time may all call it: one
    writes, the others wait. Raises `StorageUnavailable`.
    """
    with app.app_context():
        if has_pages(db.session()):
            return 0
        pages = starter_pages()
        # On a busy machine, writing takes longer than an ordinary save may wait for the lock.
        for _ in range(LOCK_ATTEMPTS):
            try:
                return create_first_pages(pages)
            except StorageUnavailable as error:
                if error.reason != "busy":
                    raise
        return create_first_pages(pages)


def starter_pages() -> list[PreparedPage]:
    """The pages in `STARTER_FOLDER`, rendered, sorted by path."""
    return [_page(file) for file in sorted(STARTER_FOLDER.rglob("*.md"))]


def _page(file: Path) -> PreparedPage:
    name = file.relative_to(STARTER_FOLDER).as_posix()
    source = read_markdown_page(name, file.read_text(encoding="utf-8"))
    content = clean_content(source.content())
    return PreparedPage(source.path, content, render(content.text, path=source.path))
