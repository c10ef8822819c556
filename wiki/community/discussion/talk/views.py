"""The threads of a page, the list of all threads, and starting a thread."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from wiki.access.decorators import Forbidden, members_only
from wiki.access.permissions import can_discuss, can_protect, current_viewer
from wiki.community.discussion.blueprint import discussion
from wiki.community.discussion.errors import CommentRefused
from wiki.community.discussion.preview import preview_of
from wiki.community.discussion.talk.begin import anchor_on, begin_thread, outline_of
from wiki.community.discussion.talk.forms import ThreadForm, chosen_show
from wiki.community.discussion.talk.lists import (
    THREADS_PER_PAGE,
    ThreadFilter,
    count_threads,
    thread_entries,
    threads_of_page,
)
from wiki.community.discussion.talk.thread_locations import LocatedThread, locate_threads
from wiki.community.discussion.thread_page import comment_url
from wiki.pages.models import Page
from wiki.pages.queries.page_queries import visible_page
from wiki.web.csrf import allow_same_origin
from wiki.web.pagination import Pagination, paginate


@discussion.get("/talk/")
def all_threads() -> ResponseReturnValue:
    viewer = current_viewer()
    show = chosen_show("open", "resolved", *(["mine"] if viewer.is_member else []))
    wanted = ThreadFilter(show)
    pagination = paginate(count_threads(viewer, wanted), THREADS_PER_PAGE)
    entries = thread_entries(viewer, wanted, offset=pagination.offset, limit=pagination.per_page)
    return render_template(
        "community/discussion/all.html", entries=entries, show=show, pagination=pagination
    )


@discussion.get("/talk/<wikipath:path>")
def talk(path: str) -> ResponseReturnValue:
    viewer = current_viewer()
    page = visible_page(viewer, path)
    may_moderate = can_protect(viewer, page)
    show = chosen_show("open", "resolved", "all", *(["deleted"] if may_moderate else []))
    wanted = ThreadFilter(show, page.id, request.args.get("heading"))
    pagination, threads = _threads_of_page(wanted)
    return render_template(
        "community/discussion/talk.html",
        page=page,
        threads=threads,
        wanted=wanted,
        may_moderate=may_moderate,
        may_write=can_discuss(viewer, page),
        pagination=pagination,
    )


def _threads_of_page(wanted: ThreadFilter) -> tuple[Pagination, list[LocatedThread]]:
    viewer = current_viewer()
    pagination = paginate(count_threads(viewer, wanted), THREADS_PER_PAGE)
    views = threads_of_page(viewer, wanted, offset=pagination.offset, limit=pagination.per_page)
    return pagination, locate_threads(views)


@discussion.get("/discuss/<wikipath:path>")
@members_only
def begin(path: str) -> ResponseReturnValue:
    """The form for starting a thread about a place on a page."""
    page = _discussed_page(path)
    form = ThreadForm(request.args)
    return _ask(page, form)


@discussion.post("/discuss/<wikipath:path>")
@allow_same_origin
@members_only
def start(path: str) -> ResponseReturnValue:
    """Start the thread, or show the form again with a preview or an error."""
    page, form = _discussed_page(path), ThreadForm()
    try:
        if request.form.get("action") in ("begin", "preview"):
            anchor_on(page, form.anchor())
            return _ask(page, form)
        posted = begin_thread(current_viewer(), page, form.anchor(), form.message())
    except CommentRefused as error:
        form.refuse(error)
        return _ask(page, form), 422
    return redirect(comment_url(current_viewer(), posted), 303)


def _discussed_page(path: str) -> Page:
    page = visible_page(current_viewer(), path)
    if not can_discuss(current_viewer(), page):
        raise Forbidden
    return page


def _ask(page: Page, form: ThreadForm) -> str:
    form.offer_headings(outline_of(page.id))
    form.revision.data = form.revision.data or str(page.revision_count)
    return render_template(
        "community/discussion/begin.html",
        page=page,
        form=form,
        preview=preview_of(form.text.data, page.id, page.path),
    )
