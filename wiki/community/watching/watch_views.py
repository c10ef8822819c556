"""Watching a page, and the list of one's watches."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from wiki.access.decorators import members_only
from wiki.access.permissions import current_viewer
from wiki.community.watching import watches
from wiki.community.watching.blueprint import watching
from wiki.community.watching.forms import (
    AddWatchForm,
    PageWatchForm,
    UnwatchForm,
    kind_choices,
)
from wiki.community.watching.models import WatchScope
from wiki.community.watching.watches import MAX_WATCHES, TooManyWatches
from wiki.kinds.current import kind_of
from wiki.pages.models import Page
from wiki.pages.queries.page_queries import visible_page
from wiki.pages.urls import page_url
from wiki.web.pagination import paginate
from wiki.web.request_values import parse_numbers


@watching.route("/watch/<wikipath:path>", methods=["GET", "POST"])
@members_only
def watch_page(path: str) -> ResponseReturnValue:
    page = visible_page(current_viewer(), path)
    form = PageWatchForm()
    form.offer(page, watches.tag_names(page.id))
    if form.validate_on_submit():
        return _choose(form, page)
    if not form.is_submitted():
        offered = [target.key for target, _label in form.offered]
        form.targets.data = list(watches.watched_of(current_user.id, offered))
    status = 422 if form.errors else 200
    return render_template("community/watching/watch.html", page=page, form=form), status


def _choose(form: PageWatchForm, page: Page) -> ResponseReturnValue:
    chosen = form.targets.data or []
    try:
        watches.choose(current_user.id, [target for target, _label in form.offered], chosen)
    except TooManyWatches:
        form.reject("targets", _too_many())
        return render_template("community/watching/watch.html", page=page, form=form), 422
    words = (
        _("You’ll be notified when something changes.")
        if chosen
        else _("You no longer watch this.")
    )
    flash(words, "ok")
    return redirect(page_url(page.path), 303)


@watching.get("/watching")
@members_only
def watched() -> ResponseReturnValue:
    return _watched(AddWatchForm(formdata=None))


def _watched(adding: AddWatchForm) -> str:
    viewer, scope = current_viewer(), request.args.get("scope", "")
    shown = paginate(watches.count_watches(viewer, scope))
    return render_template(
        "community/watching/watching.html",
        watches=watches.list_watches(
            viewer, scope=scope, offset=shown.offset, limit=shown.per_page
        ),
        total=watches.count_watches(viewer) if scope else shown.total,
        scope=scope,
        scopes=[each.value for each in WatchScope],
        kind_of=kind_of,
        kinds=kind_choices(),
        adding=adding,
        pagination=shown,
    )


@watching.post("/watching")
@members_only
def stop_watching() -> ResponseReturnValue:
    form = UnwatchForm()
    form.validate()
    count = watches.stop_watching(current_viewer(), parse_numbers(form.watch.data or []))
    if count:
        flash(ngettext("%(num)s watch ended.", "%(num)s watches ended.", count), "ok")
    return redirect(url_for(".watched"), 303)


@watching.post("/watching/add")
@members_only
def add_watch() -> ResponseReturnValue:
    form = AddWatchForm()
    target = form.target() if form.validate() else None
    if target is None:
        return _watched(form), 422
    try:
        watches.choose(current_user.id, [target], [target.key])
    except TooManyWatches:
        form.reject("name", _too_many())
        return _watched(form), 422
    flash(_("You’ll be notified when something changes there."), "ok")
    return redirect(url_for(".watched"), 303)


def _too_many() -> str:
    return str(
        _("You already watch %(count)s places. Stop watching some first.", count=MAX_WATCHES)
    )
