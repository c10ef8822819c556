"""The list of notifications, notification preferences, and unsubscribing from mail."""

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from wiki.access.decorators import members_only, own_settings
from wiki.access.permissions import Viewer, current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.community.events import event_kinds
from wiki.community.watching import inbox, preferences
from wiki.community.watching.blueprint import watching
from wiki.community.watching.forms import MarkForm, PreferencesForm
from wiki.community.watching.inbox import InboxEntry, InboxFilter, NotificationNotFound
from wiki.community.watching.models import MailFrequency
from wiki.community.watching.unsubscribe import InvalidLink, user_of
from wiki.extensions import csrf
from wiki.mail.sender_settings import can_mail
from wiki.timezones import reader_zone
from wiki.web.pagination import Pagination, paginate
from wiki.web.request_values import parse_number


@watching.get("/notifications")
@members_only
def notifications() -> ResponseReturnValue:
    viewer, wanted = current_viewer(), _wanted()
    shown, entries = _first_told(viewer, wanted)
    inbox.correct_unread_count(viewer, current_user.unread_count)
    return render_template(
        "community/watching/notifications.html",
        entries=entries,
        wanted=wanted,
        kinds=event_kinds(),
        same_list=_shown(),
        pagination=shown,
        **_around(viewer),
    )


def _first_told(viewer: Viewer, wanted: InboxFilter) -> tuple[Pagination, list[InboxEntry]]:
    """The requested page of the list, or the next one with a visible entry."""
    shown = paginate(inbox.count_entries(viewer, wanted), is_shrinking=True)
    while True:
        entries = inbox.list_entries(viewer, wanted, offset=shown.offset, limit=shown.per_page)
        if entries or shown.page == shown.pages:
            return shown, entries
        shown = replace(shown, page=shown.page + 1)


def _around(viewer: Viewer) -> dict[str, Any]:
    """Template values of the page beside the list."""
    return {
        "unread_count": inbox.count_unread(viewer),
        "newest": inbox.newest(viewer),
        "read_days": inbox.READ_KEPT.days,
        "unread_days": inbox.UNREAD_KEPT.days,
    }


def _shown() -> dict[str, Any]:
    """The query parameters of the list shown, for URLs that lead back to it."""
    return {name: request.args[name] for name in ("show", "kind", "page") if name in request.args}


def _wanted() -> InboxFilter:
    kind = request.args.get("kind", "")
    known = kind if kind in event_kinds() else ""
    return InboxFilter(is_unread=request.args.get("show") != "all", kind=known)


@watching.post("/notifications")
@members_only
def mark_notifications() -> ResponseReturnValue:
    form, viewer = MarkForm(), current_viewer()
    form.validate()
    number, since = parse_number(form.number.data) or 0, parse_number(form.since.data)
    if "all" in request.form:
        inbox.mark_all_read(viewer, number)
        flash(_("Everything is marked as read."), "ok")
    else:
        is_read = "unread" not in request.form
        inbox.mark_range(viewer, number, number if since is None else since, is_read=is_read)
    return redirect(url_for(".notifications", **_shown()), 303)


@watching.get("/notifications/<id:number>")
@members_only
def open_notification(number: int) -> ResponseReturnValue:
    """Redirect to the subject of a notification, and mark it as read."""
    since = parse_number(request.args.get("since"))
    try:
        where = inbox.open_entry(current_viewer(), number, number if since is None else since)
    except NotificationNotFound:
        abort(404)
    response = redirect(where, 303)
    response.headers["Cache-Control"] = "no-store"
    return response


@watching.route("/notifications/settings", methods=["GET", "POST"])
@own_settings
def settings() -> ResponseReturnValue:
    stored = preferences.preferences_of(current_user.id)
    form = PreferencesForm(obj=stored)
    if form.validate_on_submit():
        preferences.set_preferences(
            current_user.id,
            MailFrequency(form.mail.data),
            watches_created=form.watches_created.data,
            watches_edited=form.watches_edited.data,
        )
        flash(_("Settings saved."), "ok")
        return redirect(url_for(".settings"), 303)
    shown = {"can_mail": can_mail(), "zone": reader_zone(), "person": signed_in_user()}
    page = render_template("community/watching/settings.html", form=form, **shown)
    return page, 422 if form.errors else 200


@watching.get("/unsubscribe/<token>")
def unsubscribe(token: str) -> ResponseReturnValue:
    """Ask for confirmation, since malware scanners open every link in a mail."""
    _user_of(token)
    return render_template("community/watching/unsubscribe.html", is_done=False)


@watching.post("/unsubscribe/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]  # mail programs post it; the link is the proof
def unsubscribe_now(token: str) -> ResponseReturnValue:
    preferences.stop_mails(_user_of(token))
    return render_template("community/watching/unsubscribe.html", is_done=True)


def _user_of(token: str) -> int:
    try:
        return user_of(token)
    except InvalidLink:
        abort(404)
