"""The endpoint that Git pushes to."""

from flask import Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from wiki.access.early_auth import PUSH_LIMIT
from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.git.blueprint import git
from wiki.git.mirror.audiences import Audience
from wiki.git.receiving.errors import PushRefused
from wiki.git.receiving.receive import PushRequest, open_proposal, parse_push, report
from wiki.git.serving.access import current_state, one_push, pushable_audience
from wiki.git.serving.pkt_lines import MalformedRequest
from wiki.git.serving.request_body import body_of
from wiki.i18n import lazy as _l
from wiki.rate_limits import count_attempt

PUSH_RATE = "60 per hour"  # per account; Git sends two requests for a long push
_OPENED = _l("Your push is now a proposal: %(url)s")


@git.post("/<repository>.git/git-receive-pack")
def receive_pack(repository: str) -> ResponseReturnValue:
    """Receive a push. Raises `LimitReached`."""
    audience = pushable_audience(repository)
    count_attempt(PUSH_RATE, "pushes", current_viewer().user_id)
    with one_push():
        try:
            push = parse_push(body_of(request, PUSH_LIMIT))
        except MalformedRequest:
            abort(400)
        answer = _received(audience, push) if push else []
    return Response(answer, mimetype="application/x-git-receive-pack-result")


def _received(audience: Audience, push: PushRequest) -> list[bytes]:
    try:
        with current_state(audience) as state:
            number = open_proposal(
                audience.folder, state, push, by=signed_in_user(), viewer=current_viewer()
            )
    except PushRefused as error:
        return [*report(push, refused=error.reason)]
    url = url_for("proposals.show", proposal_id=number, _external=True)
    return [*report(push, message=str(_OPENED) % {"url": url})]
