"""Recent changes, contributions of one person, and marks of reviewers."""

from collections.abc import Sequence
from itertools import groupby
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from wiki.access.decorators import reviewers_only
from wiki.access.permissions import Viewer, can_review, current_viewer
from wiki.accounts.errors import UserNotFound
from wiki.accounts.models import User
from wiki.accounts.privacy.former_names import renamed_user
from wiki.accounts.redirects import safe_path
from wiki.accounts.users import get_user
from wiki.pages.blueprint import pages
from wiki.pages.history import reviews
from wiki.pages.history.forms import ChangesForm
from wiki.pages.history.person_panels import person_panels
from wiki.pages.history.recent_changes import (
    ChangeFilter,
    ChangeGroup,
    count_changes,
    recent_changes,
)
from wiki.timezones import to_local
from wiki.web.pagination import Pagination, paginate
from wiki.web.request_values import parse_numbers

CHANGES_PER_PAGE = 50
MAX_MARKS_AT_ONCE = 200  # revisions marked at once; a page of the list has fifty


@pages.get("/changes")
def changes() -> ResponseReturnValue:
    """Recent changes that pass the filter in the query string."""
    form = ChangesForm(request.args)
    if not form.validate():
        return _list(form, paginate(0, CHANGES_PER_PAGE), []), 422
    viewer, wanted = current_viewer(), form.change_filter()
    pagination = paginate(count_changes(viewer, wanted), CHANGES_PER_PAGE)
    events = recent_changes(viewer, wanted, offset=pagination.offset, limit=CHANGES_PER_PAGE)
    return _list(form, pagination, events)


def _list(form: ChangesForm, pagination: Pagination, events: Sequence[ChangeGroup]) -> str:
    grouped = groupby(events, lambda event: to_local(event.change.created_at).date())
    return render_template(
        "pages/history/changes.html",
        days=[(day, list(group)) for day, group in grouped],
        form=form,
        pagination=pagination,
        looked=_reviewers(events),
        feed_url=url_for(".changes_feed", **form.query),
        list_url=_list_url_after_marking(form),
    )


def _list_url_after_marking(form: ChangesForm) -> str:
    """The URL of this list after marking; of its first page, if marked entries are hidden."""
    values = request.args.to_dict(flat=False)
    if {"seen", "reviewed"} & set(form.hide.data or ()):
        values.pop("page", None)
    query = urlencode(values, doseq=True)
    return f"{url_for('.changes')}?{query}" if query else url_for(".changes")


def _reviewers(events: Sequence[ChangeGroup]) -> dict[int, Sequence[str]] | None:
    """The reviewers of each change, by revision id; `None` if the viewer is no reviewer."""
    if not can_review(current_viewer()):
        return None
    return reviews.reviewers_of([event.change.id for event in events])


@pages.post("/changes/looked")
@reviewers_only
def mark_looked_at() -> ResponseReturnValue:
    """Mark one revision, or all that are shown, as reviewed; or remove a mark."""
    viewer = current_viewer()
    if taken := _numbers("unmark"):
        reviews.unmark_reviewed(viewer, taken)
        flash(_("Marked as not reviewed."), "ok")
    else:
        count = reviews.mark_reviewed(viewer, _numbers("revision") or _numbers("shown"))
        flash(
            ngettext(
                "%(num)s change marked as reviewed.",
                "%(num)s changes marked as reviewed.",
                count,
            ),
            "ok",
        )
    return redirect(safe_path(request.form.get("next")) or url_for(".changes"), 303)


def _numbers(name: str) -> list[int]:
    return parse_numbers(request.form.getlist(name)[:MAX_MARKS_AT_ONCE])


@pages.get("/users/<username>", endpoint="person")
def contributions(username: str) -> ResponseReturnValue:
    """The changes that one person made."""
    viewer = current_viewer()
    try:
        user = get_user(username)
    except UserNotFound:
        if renamed := renamed_user(username):
            return redirect(url_for(".person", username=renamed.username), 301)
        raise
    return _show_person(viewer, user)


def _show_person(viewer: Viewer, user: User) -> str:
    wanted = ChangeFilter(author_id=user.id)
    pagination = paginate(count_changes(viewer, wanted), CHANGES_PER_PAGE)
    events = recent_changes(viewer, wanted, offset=pagination.offset, limit=CHANGES_PER_PAGE)
    return render_template(
        "pages/history/person.html",
        person=user,
        events=events,
        pagination=pagination,
        panels=person_panels(viewer, user),
    )
