"""Histories, recent changes, and what a person wrote."""

from itertools import groupby

from flask import render_template, request
from flask.typing import ResponseReturnValue

from wiki.access import current_viewer
from wiki.accounts.errors import PersonNotFound
from wiki.accounts.names import key_of
from wiki.accounts.people import person_by_name
from wiki.pages.history import (
    Author,
    contributions,
    count_changes,
    page_authors,
    page_history,
    recent_changes,
)
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


@pages.get("/changes")
def changes() -> ResponseReturnValue:
    viewer = current_viewer()
    pagination = paginate(count_changes(viewer), PER_PAGE)
    entries = recent_changes(viewer, offset=pagination.offset, limit=PER_PAGE)
    days = [
        (day, list(group)) for day, group in groupby(entries, lambda entry: entry.created_at.date())
    ]
    return render_template("pages/changes.html", days=days, pagination=pagination)


@pages.get("/users/<username>", endpoint="person")
def what_a_person_wrote(username: str) -> ResponseReturnValue:
    viewer = current_viewer()
    user = person_by_name(username)
    if user is None:
        raise PersonNotFound(username)
    pagination = paginate(count_changes(viewer, author_id=user.id), PER_PAGE)
    entries = contributions(viewer, user.id, offset=pagination.offset, limit=PER_PAGE)
    return render_template("pages/person.html", person=user, entries=entries, pagination=pagination)
