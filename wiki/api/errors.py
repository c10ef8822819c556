"""Maps exceptions to API problems, with their status and wording.

`wiki.error_pages` answers all other errors, as JSON.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from wiki.accounts.errors import AccountRefused
from wiki.accounts.messages import message
from wiki.community.discussion.errors import CommentChanged, CommentRefused
from wiki.community.proposals.errors import (
    AnswerMissing,
    FileOvertaken,
    NothingProposed,
    PageOvertaken,
    PageUnavailable,
    ProposalAmended,
    ProposalDecided,
    TooManyParts,
    TooManyProposals,
)
from wiki.community.watching.watches import MAX_WATCHES, TooManyWatches
from wiki.files.errors import FileRefused
from wiki.files.messages import message_of, status_of
from wiki.naming import PATH_LIMIT, SEGMENT_LIMIT, TITLE_LIMIT, NameRefused
from wiki.pages.errors import PathForbidden, PathTaken, StaleConfirmation, TextTooLong
from wiki.pages.moving.mover import MAX_RENAMED_PAGES, TooComplex, TooManyPages
from wiki.pages.protection.rule_changes import RuleRefused
from wiki.pages.writing.conflicts import EditConflict
from wiki.pages.writing.content import MAX_TAG_LENGTH, MAX_TAGS
from wiki.web.programs.problems import Problem

_NAMES = {
    "empty": "A title is needed.",
    "too-long": f"A title has at most {TITLE_LIMIT} characters, a path {PATH_LIMIT}, "
    f"and each part of one {SEGMENT_LIMIT}.",
    "hidden": "There are invisible characters in the title or the path.",
    "no-slug": "The title has no letters or digits to make a path from. Send a path.",
    "dots": "A part of the path can’t consist of dots only.",
    "character": 'A path can’t contain \\ ? # % [ ] | < > { } ^ ` and ".',
    "empty-segment": "The path has two slashes in a row.",
    "tag-too-long": f"A tag has at most {MAX_TAG_LENGTH} characters.",
    "tag-hidden": "A tag contains invisible characters.",
    "tag-dots": "A tag can’t consist of dots only.",
    "too-many-tags": f"A page has at most {MAX_TAGS} tags.",
}
_COMMENTS = {
    "empty": "The text is empty.",
    "too-long": "The text is too long.",
    "no-such-words": "The page has no such words.",
    "no-such-section": "The page has no such section.",
    "quote-too-long": "The quote is too long.",
}
_PLACES = {"edit_rank": "edit"}  # fields that are named differently in the body than in the form
_RULES = {
    "root-page": "The rule for the whole wiki covers all pages.",
    "edits-unread": "Whoever edits a page also reads it.",
    "group-gone": "There is no such group.",
    "root": "The rule for the whole wiki can’t be removed.",
    "missing": "There is no rule at this path.",
}


def init_errors(blueprint: Blueprint) -> None:
    """Let `blueprint` answer these exceptions with problems."""
    blueprint.register_error_handler(Problem, lambda problem: problem.response())
    for kind, make_problem in _PROBLEMS.items():
        blueprint.register_error_handler(kind, _handler(make_problem))


def _handler(make_problem: Callable[[Any], Problem]) -> Callable[[Exception], Response]:
    return lambda error: make_problem(error).response()


def _unprocessable(words: str, where: str = "") -> Problem:
    if not where:
        return Problem(422, "Invalid body", words, kind="body")
    errors = [{"where": where, "message": words}]
    return Problem(422, "Invalid body", errors=errors, kind="body")


def _stale(_error: StaleConfirmation) -> Problem:
    words = "The page has changed since the revision that you sent. Read it again."
    return Problem(412, "The page has changed", words, kind="stale")


def _conflict(error: EditConflict) -> Problem:
    """A conflict while accepting a proposal; `conflicts.py` answers those of a page with the
    merge.
    """
    words = "Its changes overlap with what the page holds now. Resolve that in a browser."
    number = error.conflict.number
    return Problem(409, "The page has changed", words, kind="stale", current_revision=number)


def _taken(error: PathTaken) -> Problem:
    words = f"There is already a page at {error.path}."
    if error.is_twice:
        words = f"Two of the pages would be at {error.path}."
    return Problem(409, "The path is taken", words, kind="taken", path=error.path)


def _closed(error: PathForbidden) -> Problem:
    return Problem(403, "Not allowed", f"You may not write at {error.path}.")


def _too_long(error: TextTooLong) -> Problem:
    words = f"The text has {error.actual} bytes, of at most {error.limit}."
    return Problem(413, "The text is too long", words, limit=error.limit, actual=error.actual)


def _file(error: FileRefused) -> Problem:
    return Problem(status_of(error), "The file is refused", message_of(error), kind="file")


def _account(error: AccountRefused) -> Problem:
    field, reason = next(iter(error.problems.items()))
    words = str(message(field, reason))
    challenge = {"WWW-Authenticate": 'Bearer realm="wiki"'}
    return Problem(401, "Not signed in", words, kind="sign-in", headers=challenge)


_PROBLEMS: dict[type[Exception], Callable[[Any], Problem]] = {
    NameRefused: lambda e: _unprocessable(_NAMES.get(e.reason, "This name can’t be used.")),
    TooComplex: lambda e: _unprocessable(f"The links of {e} can’t be found in time."),
    TooManyPages: lambda _e: _unprocessable(
        f"This would change more than {MAX_RENAMED_PAGES} pages. Move a part of them."
    ),
    CommentRefused: lambda e: _unprocessable(_COMMENTS[e.reason]),
    RuleRefused: lambda e: _unprocessable(
        _RULES.get(e.reason, e.reason), _PLACES.get(e.field, e.field)
    ),
    NothingProposed: lambda _e: _unprocessable("It would change nothing."),
    AnswerMissing: lambda _e: _unprocessable("Give a reason.", "reason"),
    TooManyParts: lambda e: _unprocessable(f"A proposal has at most {e.limit} pages."),
    TooManyProposals: lambda e: Problem(
        409, "Too many proposals", f"{e.limit} of yours wait for an answer. Withdraw one, or wait."
    ),
    TooManyWatches: lambda _e: Problem(
        409,
        "Too many watches",
        f"You watch {MAX_WATCHES} places already. Stop watching some first.",
    ),
    ProposalDecided: lambda _e: Problem(
        409, "Decided already", "The proposal was decided or withdrawn meanwhile."
    ),
    ProposalAmended: lambda e: Problem(
        409, "The proposal has changed", "Look at its present version.", version=e.version
    ),
    PageOvertaken: lambda e: Problem(
        409,
        "A page has changed",
        "It was edited after its deletion was proposed, or renamed after another name was.",
        part=e.number,
    ),
    FileOvertaken: lambda _e: Problem(
        409, "A file has changed", "A file was changed or deleted meanwhile. Decide in the browser."
    ),
    PageUnavailable: lambda _e: Problem(
        409, "A page is gone", "A page of the proposal was deleted, or its text erased."
    ),
    CommentChanged: lambda _e: Problem(
        409, "The comment has changed", "It was edited meanwhile. Read it again."
    ),
    StaleConfirmation: _stale,
    EditConflict: _conflict,
    PathTaken: _taken,
    PathForbidden: _closed,
    TextTooLong: _too_long,
    FileRefused: _file,
    AccountRefused: _account,
}
