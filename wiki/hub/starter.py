"""The pages a new wiki begins with."""

from pathlib import Path

from flask import Flask

from wiki.database import StorageUnavailable, db
from wiki.hub.markdown_file import read_markdown_page
from wiki.markup import render
from wiki.pages.maintenance.transfer import PreparedPage, create_first_pages, has_pages
from wiki.pages.writing.content import clean_content

LOCK_ATTEMPTS = 12  # waits for the database's lock; a minute in all
STARTER_FOLDER = Path(__file__).with_name("starter")


def load_starter_pages(app: Flask) -> int:
    """Write the starter pages, without an author, if no page was ever written.

    Returns how many were written. Processes that start together may all call it: one of them
    writes, the others wait for it. Raises `StorageUnavailable`.
    """
    with app.app_context():
        if has_pages(db.session()):
            return 0
        pages = starter_pages()
        # On a busy machine the one that writes takes longer than a person would wait for a save.
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
