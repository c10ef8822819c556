"""The blueprint of the API."""

from flask import Blueprint, Response, request

from wiki.web.programs.api_requests import API_ROOT

api = Blueprint("api", __name__, url_prefix=API_ROOT)


@api.after_request
def keep_to_reader(response: Response) -> Response:
    """Answers are for one reader, who may ask whether they are still right."""
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-cache"
    if request.method in ("GET", "HEAD"):
        response.vary.add("Authorization")
    return response
