"""The blueprint of the API."""

from flask import Blueprint, Response, request

from wiki.web.programs.api_requests import API_ROOT

api = Blueprint("api", __name__, url_prefix=API_ROOT)


@api.after_request
def forbid_shared_caching(response: Response) -> Response:
    """Keep responses out of shared caches; a client’s own copy has to be revalidated."""
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-cache"
    if request.method in ("GET", "HEAD"):
        response.vary.add("Authorization")
    return response
