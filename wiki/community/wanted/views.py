"""The board of wanted knowledge over HTTP."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from wiki.access.decorators import members_only, reviewers_only
from wiki.access.permissions import can_review, current_viewer
from wiki.community.wanted import claims, dismissals
from wiki.community.wanted.blueprint import wanted
from wiki.community.wanted.board import NotWanted, check_wanted, load_board
from wiki.community.wanted.claims import CLAIM_AGE, MAX_CLAIMS, ClaimRefused
from wiki.markup.slots import new_page_fields
from wiki.naming import KEY_LIMIT
from wiki.rate_limits import count_attempt
from wiki.search.miss_log import MISSED_SEARCHES
from wiki.web.pagination import PER_PAGE, paginate

LONGEST_LIST = 10_000  # entries
MARK_RATE = "60 per minute"  # claims and dismissals of one person


@wanted.before_request
def limit_marks() -> None:
    """Limits the rate of claims and dismissals. Raises `LimitReached`."""
    if request.method == "POST":
        count_attempt(MARK_RATE, "wanted", current_viewer().user_id, what="saves")


@wanted.get("")
def board() -> ResponseReturnValue:
    return _board()


def _board() -> str:
    viewer = current_viewer()
    dismissed = can_review(viewer) and request.args.get("show") == "dismissed"
    # The list's length comes with its entries, so a page past its end is empty.
    offset = paginate(LONGEST_LIST).offset
    found = load_board(viewer, dismissed=dismissed, offset=offset, limit=PER_PAGE)
    return render_template(
        "community/wanted/board.html",
        board=found,
        dismissed=dismissed,
        pagination=paginate(found.total),
        new_page_fields=new_page_fields,
        days=CLAIM_AGE.days,
        counts_misses=MISSED_SEARCHES.current(),
    )


@wanted.post("/claim")
@members_only
def claim() -> ResponseReturnValue:
    key = _wanted_key()
    try:
        claims.claim_item(current_viewer(), key)
    except ClaimRefused as refused:
        flash(_refusal(refused), "warn")
        return _board(), 409
    flash(_("Others now see that you are working on this."), "ok")
    return _back()


def _refusal(refused: ClaimRefused) -> str:
    if refused.reason == "many":
        return str(
            ngettext(
                "You are already writing %(num)s thing. Finish it, or leave it to others, first.",
                "You are already writing %(num)s things. Finish one, or leave one to others.",
                MAX_CLAIMS,
            )
        )
    return str(_("Somebody else was quicker and is writing it now."))


@wanted.post("/release")
@members_only
def release() -> ResponseReturnValue:
    claims.release_item(current_viewer(), _key())
    flash(_("It is free for others again."), "ok")
    return _back()


@wanted.post("/dismiss")
@reviewers_only
def dismiss() -> ResponseReturnValue:
    dismissals.dismiss_item(current_viewer(), _wanted_key())
    flash(_("Taken off the board."), "ok")
    return _back()


@wanted.post("/restore")
@reviewers_only
def restore() -> ResponseReturnValue:
    dismissals.restore_item(_wanted_key())
    flash(_("Back on the board."), "ok")
    return redirect(url_for(".board", show="dismissed"), 303)


def _key() -> str:
    return request.form.get("key", "")[:KEY_LIMIT]


def _wanted_key() -> str:
    """The key in the form if the viewer sees its item, else 404."""
    key = _key()
    try:
        check_wanted(current_viewer(), key)
    except NotWanted:
        abort(404)
    return key


def _back() -> ResponseReturnValue:
    return redirect(url_for(".board"), 303)
