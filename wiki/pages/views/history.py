"""Histories, differences, recent changes, and what a person wrote."""

from itertools import groupby

from flask import render_template, request
from flask.typing import ResponseReturnValue

from wiki.access import current_viewer
from wiki.accounts.errors import PersonNotFound
from wiki.accounts.people import person_by_name
from wiki.pages.diff import diff_texts
from wiki.pages.history import (
    contributions,
    count_changes,
    page_history,
    recent_changes,
    revisions,
)
from wiki.pages.read import visible_page
from wiki.pages.views.blueprint import pages
from wiki.pages.views.reading import asked_number
from wiki.pagination import paginate

PER_PAGE = 50


@pages.get("/history/<wikipath:path>")
def history(path: str) -> ResponseReturnValue:
    viewer = current_viewer()
    page = visible_page(viewer, path)
    pagination = paginate(page.revision_count, PER_PAGE)
    entries = page_history(viewer, page.id, offset=pagination.offset, limit=PER_PAGE)
    return render_template("pages/history.html", page=page, entries=entries, pagination=pagination)


@pages.get("/diff/<wikipath:path>")
def diff(path: str) -> ResponseReturnValue:
    """From one revision to another; without numbers, what the last change did."""
    page = visible_page(current_viewer(), path)
    to = asked_number("to") if "to" in request.args else page.revision_count
    origin = asked_number("from") if "from" in request.args else max(1, to - 1)
    older, newer = revisions(page.id, sorted([origin, to]))
    return render_template(
        "pages/diff.html",
        page=page,
        older=older,
        newer=newer,
        diff=diff_texts(older.text, newer.text),
        view="inline" if request.args.get("view") == "inline" else "side",
    )


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
