"""Challenges over HTTP: votes, solutions, and the board."""

from flask import abort, flash, get_template_attribute, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import editors_only, members_only
from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.community.challenges import board, solution, votes
from wiki.community.challenges.blueprint import challenges
from wiki.community.challenges.forms import BoardForm, SoftwareVersionForm, SolutionForm
from wiki.community.challenges.models import SAME, WORKED
from wiki.community.challenges.nearest import nearest_answers
from wiki.kinds.builtin import CHALLENGE
from wiki.kinds.values import ValueRefused
from wiki.pages.errors import PageNotFound
from wiki.pages.models import Page
from wiki.pages.queries.page_queries import visible_page
from wiki.pages.urls import page_url
from wiki.rate_limits import count_attempt
from wiki.web.csrf import allow_same_origin
from wiki.web.pagination import paginate

NEAREST_RATE = "60 per minute"  # while one person writes


@challenges.before_request
def limit_votes() -> None:
    """Limits the rate of one person's votes. Raises `LimitReached`."""
    if request.method == "POST":
        is_vote = request.endpoint != "challenges.nearest"
        limit, what = (votes.VOTE_RATE, "votes") if is_vote else (NEAREST_RATE, "nearest")
        count_attempt(limit, what, current_viewer().user_id, what="saves")


@challenges.get("/challenge/<wikipath:path>")
@members_only
def challenge(path: str) -> ResponseReturnValue:
    """A challenge's votes and solution, with the viewer's own votes."""
    return _show(_challenge_at(path))


@challenges.post("/challenge/<wikipath:path>")
@allow_same_origin
@members_only
def say(path: str) -> ResponseReturnValue:
    """Store a vote, or mark the challenge as solved or open, as the button says."""
    page = _challenge_at(path)
    match request.form.get("action"):
        case "same":
            return _same(page)
        case "worked":
            return _worked(page)
        case "not-same" | "not-worked" as undone:
            return _take_back(page, undone.removeprefix("not-"))
        case "solve":
            return _solve(page)
        case "reopen":
            return _reopen(page)
        case _:
            return _show(page)


def _same(page: Page) -> ResponseReturnValue:
    if _is_asker(page):
        flash(_("You asked, so you are already counted."), "warn")
        return redirect(page_url(page.path), 303)
    return _vote(page, SAME, _("You have this problem, too. Others see how many do."))


def _is_asker(page: Page) -> bool:
    return solution.author_of_challenge(page.id) == current_viewer().user_id


def _vote(page: Page, vote: str, words: str, version: str = "") -> ResponseReturnValue:
    path = page.path
    votes.cast_vote(page.id, signed_in_user().id, vote, version)
    counted = get_template_attribute("community/challenges/macros.html", "counted_words")
    flash(counted(words, url_for(".challenge", path=path)), "ok")
    return redirect(page_url(path), 303)


def _take_back(page: Page, vote: str) -> ResponseReturnValue:
    path = page.path
    votes.remove_vote(page.id, signed_in_user().id, vote)
    flash(_("Withdrawn."), "ok")
    return redirect(url_for(".challenge", path=path), 303)


def _worked(page: Page) -> ResponseReturnValue:
    form = SoftwareVersionForm()
    try:
        version = votes.clean_version(form.version.data or "")
    except ValueRefused:
        form.version.errors = [_("Enter a version with its number, such as Django 5.2.")]
        return _show(page, version_form=form), 422
    return _vote(page, WORKED, _("Thank you. Others see that it worked."), version)


def _solve(page: Page) -> ResponseReturnValue:
    form, helpers = SolutionForm(), solution.helpers_of(page)
    viewer, by = current_viewer(), signed_in_user()
    try:
        saved = solution.mark_solved(
            viewer,
            page,
            by,
            base_revision=form.base(),
            fix=form.fix.data if form.fix.raw_data else None,
            solver_id=form.solver_id(helpers),
            summary=_("Marked as solved"),
        )
    except ValueRefused as refused:
        words = _("Shorten it to %(limit)s characters.", limit=refused.limit)
        form.fix.errors = [words]
        return _show(_challenge_at(page.path), solution_form=form), 422
    flash(_("Solved. Thank you for telling the others."), "ok")
    return redirect(page_url(saved.path), 303)


def _reopen(page: Page) -> ResponseReturnValue:
    base = SolutionForm().base()
    viewer, by = current_viewer(), signed_in_user()
    saved = solution.reopen(viewer, page, by, base_revision=base, summary=_("Opened again"))
    flash(_("The challenge is open again."), "ok")
    return redirect(page_url(saved.path), 303)


def _show(
    page: Page,
    *,
    version_form: SoftwareVersionForm | None = None,
    solution_form: SolutionForm | None = None,
) -> str:
    said = votes.own_votes(page.id, signed_in_user().id)
    form = solution_form or SolutionForm(formdata=None, data={"fix": solution.fix_of(page)})
    form.offer(solution.helpers_of(page))
    form.base_revision.data = str(page.revision_count)
    return render_template(
        "community/challenges/challenge.html",
        page=page,
        said=said,
        tally=votes.load_tally(page.id),
        solution=solution.solution_of(page),
        is_asker=_is_asker(page),
        may_mark=solution.can_mark(current_viewer(), page),
        version_form=version_form
        or SoftwareVersionForm(formdata=None, data={"version": said.version}),
        solution_form=form,
    )


def _challenge_at(path: str) -> Page:
    """The challenge at `path` as the viewer may read it; 404 for any other page."""
    page = visible_page(current_viewer(), path)
    if page.kind != CHALLENGE:
        raise PageNotFound(path)
    return page


@challenges.get("/board/challenges", endpoint="board")
def open_board() -> ResponseReturnValue:
    viewer, form = current_viewer(), BoardForm(request.args)
    shown = form.board_filter()
    pagination = paginate(board.count_open(viewer, shown))
    found = board.open_challenges(
        viewer, shown, offset=pagination.offset, limit=pagination.per_page
    )
    tags = board.board_tags(viewer, shown.tag)
    shapes = {"form": form, "shown": shown, "tags": tags, "pagination": pagination}
    return render_template("community/challenges/board.html", challenges=found, **shapes)


@challenges.post("/board/challenges/nearest")
@allow_same_origin
@editors_only
def nearest() -> ResponseReturnValue:
    """HTML with the solved challenges and guides closest to an editor's form."""
    if request.form.get("kind") != CHALLENGE:
        abort(404)
    texts = (request.form.get(name, "") for name in ("title", "field-error", "field-symptom"))
    found = nearest_answers(current_viewer(), texts)
    return render_template("community/challenges/nearest.html", found=found)
