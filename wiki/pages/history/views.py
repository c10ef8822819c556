"""The history of a page."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from wiki.accounts.credentials.usernames import username_key
from wiki.accounts.errors import UserNotFound
from wiki.pages.blueprint import pages
from wiki.pages.history.page_history import PageAuthor, page_authors, page_history
from wiki.pages.reading.page_lookup import requested_page
from wiki.web.pagination import paginate

REVISIONS_PER_PAGE = 50


@pages.get("/history/<wikipath:path>")
def history(path: str) -> ResponseReturnValue:
    """The revisions of a page, newest first."""
    page = requested_page(path)
    authors = page_authors(page.id)
    author = _requested_author(authors)
    pagination = paginate(author.count if author else page.revision_count, REVISIONS_PER_PAGE)
    entries = page_history(
        page.id,
        author_id=author.id if author else None,
        offset=pagination.offset,
        limit=REVISIONS_PER_PAGE,
    )
    shown = {"entries": entries, "authors": authors, "author": author, "pagination": pagination}
    return render_template("pages/history/history.html", page=page, **shown)


def _requested_author(authors: list[PageAuthor]) -> PageAuthor | None:
    """The author named by `?author=`. Raises `UserNotFound` for somebody who is no author."""
    name = request.args.get("author")
    if not name:
        return None
    for author in authors:
        if username_key(author.username) == username_key(name):
            return author
    raise UserNotFound(name)
