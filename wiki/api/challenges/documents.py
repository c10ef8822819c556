"""Builds responses about known errors and records votes on challenges."""

from wiki.access.permissions import Viewer
from wiki.api.absolute_urls import absolute_page_url
from wiki.api.challenges.schemas import (
    AnswerItem,
    AnswerList,
    AnswerQuery,
    NewVote,
    VersionCount,
    VoteQuery,
)
from wiki.api.challenges.schemas import Votes as VotesDocument
from wiki.api.pages.contents import refused_part
from wiki.community.challenges.answers import ErrorAnswer, answers_to
from wiki.community.challenges.votes import (
    Tally,
    cast_vote,
    clean_version,
    load_tally,
    remove_vote,
)
from wiki.kinds.builtin import CHALLENGE
from wiki.kinds.values import ValueRefused
from wiki.pages.errors import PageNotFound
from wiki.pages.queries.page_queries import visible_page


def answer_list(viewer: Viewer, query: AnswerQuery) -> AnswerList:
    """The challenges and pages that may answer the error in `query`, best match first."""
    return AnswerList(
        items=[_item(each) for each in answers_to(viewer, query.q, query.fingerprint)]
    )


def record_vote(viewer: Viewer, sent: NewVote) -> VotesDocument:
    """Record the viewer’s vote and return the new counts.

    Raises `PageNotFound`, also for a page that is not a challenge, `Problem` (422) and
    `StorageUnavailable`.
    """
    page_id = _challenge_id(viewer, sent.page)
    try:
        version = clean_version(sent.version) if sent.vote == "worked" else ""
    except ValueRefused as error:
        raise refused_part("version", "A name with its number, such as Django 5.2.") from error
    is_counted = cast_vote(page_id, viewer.user_id or 0, sent.vote, version)
    return _votes(page_id, is_counted=is_counted)


def withdraw_vote(viewer: Viewer, query: VoteQuery) -> VotesDocument:
    """Withdraw the viewer’s vote and return the new counts.

    Raises `PageNotFound`, also for a page that is not a challenge, and `StorageUnavailable`.
    """
    page_id = _challenge_id(viewer, query.page)
    is_counted = remove_vote(page_id, viewer.user_id or 0, query.vote)
    return _votes(page_id, is_counted=is_counted)


def _challenge_id(viewer: Viewer, path: str) -> int:
    page = visible_page(viewer, path)
    if page.kind != CHALLENGE:
        raise PageNotFound(path)
    return page.id


def _votes(page_id: int, *, is_counted: bool) -> VotesDocument:
    tally = load_tally(page_id)
    return VotesDocument(
        same=tally.same, worked=tally.worked, versions=_versions(tally), is_counted=is_counted
    )


def _item(answer: ErrorAnswer) -> AnswerItem:
    return AnswerItem(
        path=answer.path,
        title=answer.title,
        kind=answer.kind,
        status=answer.status,
        is_same_error=answer.is_same_error,
        fix=answer.fix,
        same=answer.tally.same,
        worked=answer.tally.worked,
        versions=_versions(answer.tally),
        url=absolute_page_url(answer.path),
    )


def _versions(tally: Tally) -> list[VersionCount]:
    return [VersionCount(version=name, people=people) for name, people in tally.versions]
