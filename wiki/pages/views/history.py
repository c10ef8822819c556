"""The history of a page."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from wiki.accounts.errors import PersonNotFound
from wiki.accounts.names import key_of
from wiki.pages.history import Author, page_authors, page_history
from wiki.pages.views.blueprint import pages
from wiki.pages.views.remembering import asked_page
from wiki.pagination import paginate

PER_PAGE = 50


@pages.get("/history/<wikipath:path>")
def history(path: str) -> ResponseReturnValue:
    page = asked_page(path)
    authors = page_authors(page.id)
    author = _asked_author(authors)
    pagination = paginate(author.count if author else page.revision_count, PER_PAGE)
    entries = page_history(
        page.id,
        author_id=author.id if author else None,
        offset=pagination.offset,
        limit=PER_PAGE,
    )
    shown = {"entries": entries, "authors": authors, "author": author, "pagination": pagination}
    return render_template("pages/history.html", page=page, **shown)


def _asked_author(authors: list[Author]) -> Author | None:
    """The author that `?author=` names. Raises `PersonNotFound` when none of that name wrote."""
    name = request.args.get("author")
    if not name:
        return None
    for author in authors:
        if key_of(author.username) == key_of(name):
            return author
    raise PersonNotFound(name)
