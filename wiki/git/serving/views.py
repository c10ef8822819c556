"""The endpoints for cloning and fetching: `info/refs` and `git-upload-pack`."""

from functools import partial

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from wiki.access.anonymous_limits import metered
from wiki.extensions import csrf
from wiki.git.blueprint import git
from wiki.git.serving.access import Slot, current_state, pushable_audience, readable_audience
from wiki.git.serving.pkt_lines import MalformedRequest
from wiki.git.serving.request_body import body_of
from wiki.git.serving.upload_pack import UPLOAD_CAPABILITIES, advertise, pack_response
from wiki.git.serving.upload_request import parse_upload_request
from wiki.webserver.connection import WHEN_SENT

FETCH_REQUEST_LIMIT = 1_000_000  # bytes; requests are short
RECEIVE_CAPABILITIES = b"report-status side-band-64k ofs-delta quiet object-format=sha1 agent=nexus"
_SERVICES = {
    "git-upload-pack": (readable_audience, UPLOAD_CAPABILITIES),
    "git-receive-pack": (pushable_audience, RECEIVE_CAPABILITIES),
}
_NOT_KEPT = {"Cache-Control": "no-cache, max-age=0, must-revalidate"}


@git.get("/<repository>.git/info/refs")
def refs(repository: str) -> ResponseReturnValue:
    service = request.args.get("service", "")
    if service not in _SERVICES:
        abort(404)
    find, capabilities = _SERVICES[service]
    audience = find(repository)
    with current_state(audience) as state:
        body = advertise(state, service, capabilities)
    return Response(body, headers=_NOT_KEPT, mimetype=f"application/x-{service}-advertisement")


@git.post("/<repository>.git/git-upload-pack")
@csrf.exempt  # type: ignore[untyped-decorator]  # it changes nothing, and Git has no session
def upload_pack(repository: str) -> ResponseReturnValue:
    audience = readable_audience(repository)
    slot = Slot()
    try:
        wanted = parse_upload_request(body_of(request, FETCH_REQUEST_LIMIT))
        with current_state(audience) as state:
            chunks = metered(pack_response(audience.folder, state, wanted))
    except BaseException as error:
        slot.release(None)
        if isinstance(error, MalformedRequest):
            abort(400)
        raise
    response = Response(chunks, headers=_NOT_KEPT, mimetype="application/x-git-upload-pack-result")
    response.call_on_close(partial(slot.release, request.environ.get(WHEN_SENT)))
    return response
