"""Errors for API clients. Source: RFC 9457, Problem Details for HTTP APIs."""

import json
from http import HTTPStatus
from typing import Any

from flask import Response, url_for

PROBLEM_TYPE = "application/problem+json"


def problem_response(
    status: int,
    title: str = "",
    detail: str = "",
    *,
    kind: str = "",
    headers: dict[str, str] | None = None,
    **members: Any,
) -> Response:
    """The response for an API error.

    `kind` identifies the type of problem in the API reference; without it the status says
    everything. `members` are further details for clients.
    """
    body = {
        "type": url_for("api_reference.reference", _anchor=f"nx-{kind}") if kind else "about:blank",
        "title": str(title) or HTTPStatus(status).phrase,
        "status": status,
        **({"detail": str(detail)} if detail else {}),
        **members,
    }
    made = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = Response(made, status, mimetype=PROBLEM_TYPE)
    response.headers.extend(headers or {})
    return response


class Problem(Exception):
    """An error of an API request; the arguments are those of `problem_response`."""

    def __init__(
        self,
        status: int,
        title: str = "",
        detail: str = "",
        *,
        kind: str = "",
        headers: dict[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(f"{status} {title}")
        self.status = status
        self._body = {
            "title": title,
            "detail": detail,
            "kind": kind,
            "headers": headers,
            **members,
        }

    def within(self, place: str) -> "Problem":
        """The same error for a part at this place of the request body."""
        errors = [
            {**each, "where": f"{place}.{each['where']}"} for each in self._body.get("errors", ())
        ]
        return Problem(self.status, **{**self._body, "errors": errors})

    def response(self) -> Response:
        """The response for it."""
        return problem_response(self.status, **self._body)
