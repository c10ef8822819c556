"""The queue of proposals, and a proposal's page."""

from contextlib import suppress
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from wiki.access.permissions import current_viewer, rule_at
from wiki.access.rulebook import rulebook
from wiki.community.discussion.errors import ThreadNotFound
from wiki.community.discussion.thread_page import ThreadPart, thread_part
from wiki.community.proposals.blueprint import proposals
from wiki.community.proposals.comparison import (
    compare_with_base,
    compare_with_now,
    is_overtaken,
    path_before,
)
from wiki.community.proposals.file_changes.described import file_changes_of
from wiki.community.proposals.forms import STATE_LABELS, AnswerForm, QueueForm
from wiki.community.proposals.models import PartAction
from wiki.community.proposals.newcomers.promotion import ACCEPTED_NEEDED, is_due
from wiki.community.proposals.proposal_view import (
    PartView,
    ProposalView,
    events_of,
    has_new_author,
    visible_proposal,
)
from wiki.community.proposals.queue import count_proposals, list_proposals
from wiki.community.proposals.visibility import Standing
from wiki.pages.presentation.old_renderings import render_old_revision
from wiki.pages.presentation.personalize import personalized_rendering
from wiki.pages.protection.descriptions import readers_of
from wiki.web.pagination import paginate
from wiki.web.request_values import parse_number

PER_PAGE = 30


@proposals.get("/proposals")
def queue() -> ResponseReturnValue:
    viewer = current_viewer()
    form = QueueForm(request.args, is_member=viewer.is_member)
    if not form.validate():
        return _queue_page(form, status=422)
    wanted = form.proposal_filter()
    pagination = paginate(count_proposals(viewer, wanted), PER_PAGE)
    found = list_proposals(viewer, wanted, offset=pagination.offset, limit=PER_PAGE)
    return _queue_page(form, found=found, pagination=pagination)


def _queue_page(form: QueueForm, *, status: int = 200, **shown: Any) -> ResponseReturnValue:
    template = "community/proposals/queue.html"
    return render_template(template, form=form, labels=STATE_LABELS, **shown), status


@proposals.get("/proposals/<id:proposal_id>")
def show(proposal_id: int) -> ResponseReturnValue:
    version = parse_number(request.args.get("version"))
    view = visible_proposal(current_viewer(), proposal_id, version=version)
    return show_proposal(view, AnswerForm(formdata=None, version=view.version))


def show_proposal(
    view: ProposalView,
    form: AnswerForm,
    *,
    notice: str = "",
    number: int | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """A proposal's page, showing the part `number` or the one in the query string.

    `form` is the reviewer's answer to the author.
    """
    part = view.part(number or parse_number(request.args.get("part")))
    shown = render_template(
        "community/proposals/proposal.html",
        view=view,
        part=part,
        form=form,
        notice=notice,
        labels=STATE_LABELS,
        events=events_of(view.id),
        files=file_changes_of(current_viewer(), view.id),
        thread=_thread(view),
        may_promote=is_due(current_viewer(), view.proposal.author),
        accepted_needed=ACCEPTED_NEEDED,
        **_content(view, part),
    )
    return shown, status


def _is_overtaken_now(view: ProposalView, part: PartView) -> bool:
    """Whether changes of its page since prevent a part from being accepted as it is."""
    page = part.part.page
    is_waiting = view.is_undecided and view.is_latest and part.standing is Standing.LIVE
    return is_waiting and page is not None and is_overtaken(part.part, page)


def _thread(view: ProposalView) -> ThreadPart | None:
    """The discussion; `None` for an author who may not read one of the pages any more."""
    if view.proposal.thread_id is None:
        return None
    with suppress(ThreadNotFound):
        return thread_part(current_viewer(), view.proposal.thread_id)
    return None


def _content(view: ProposalView, part: PartView) -> dict[str, Any]:
    """Template values for what the part changes, or for the page that it creates."""
    page, held = part.part.page, part.part
    if part.action == PartAction.DELETE:
        return {"is_overtaken": _is_overtaken_now(view, part)}
    comparison = None
    if part.standing is Standing.LIVE and page is not None:
        is_waiting = view.is_undecided and view.is_latest
        comparison = (compare_with_now if is_waiting else compare_with_base)(held, page)
    shows_page = comparison is None or request.args.get("view") == "page"
    text = comparison.after.text if comparison else held.body
    html = None
    if shows_page and not held.is_erased:
        rendered = render_old_revision(text, part.path)
        page_id = page.id if comparison and page else None
        holds = has_new_author(view)
        html = personalized_rendering(rendered, page_id, part.path, holds_links=holds)
    shown = {"comparison": comparison, "html": html, "shows_page": shows_page}
    return {**shown, **_move(view, part)} if part.action == PartAction.RENAME else shown


def _move(view: ProposalView, part: PartView) -> dict[str, Any]:
    """Template values for a rename: the old path, and who may read the page if that changes."""
    page, path = part.part.page, part.part.path
    if page is None or part.standing is not Standing.LIVE:
        return {}
    after = rule_at(path)
    changes = not rulebook().rules[page.rule_id].has_same_readers(after)
    return {
        "path_before": path_before(part.part, page) or page.path,
        "is_overtaken": _is_overtaken_now(view, part),
        "new_readers": readers_of(after) if view.may_decide and changes else "",
    }
