"""Look up an error, and vote on challenges."""

from wiki.access.permissions import current_viewer
from wiki.api.blueprint import api
from wiki.api.challenges.documents import answer_list, record_vote, withdraw_vote
from wiki.api.challenges.schemas import AnswerList, AnswerQuery, NewVote, VoteQuery, Votes
from wiki.api.openapi.operation import operation
from wiki.api.schema import ViewResult
from wiki.community.challenges.votes import VOTE_RATE
from wiki.rate_limits import count_attempt

CHALLENGES = "Challenges"


@api.get("/answers")
@operation(AnswerList, tag=CHALLENGES)
def find_answers(query: AnswerQuery) -> ViewResult:
    """Look up an error: challenges about exactly this error come first, then the closest
    matches.
    """
    return answer_list(current_viewer(), query)


@api.post("/votes")
@operation(Votes, tag=CHALLENGES, status=201, is_repeatable=True)
def add_vote(json: NewVote) -> ViewResult:
    """Say that you have the problem of a challenge too, or that its solution worked for you."""
    viewer = current_viewer()
    count_attempt(VOTE_RATE, "votes", viewer.user_id, what="saves")
    return record_vote(viewer, json), 201


@api.delete("/votes")
@operation(Votes, tag=CHALLENGES, is_writing=True)
def remove_vote(query: VoteQuery) -> ViewResult:
    """Withdraw your vote on a challenge."""
    viewer = current_viewer()
    count_attempt(VOTE_RATE, "votes", viewer.user_id, what="saves")
    return withdraw_vote(viewer, query)
