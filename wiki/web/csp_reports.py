"""Receives reports of browsers about violations of the content security policy.

Something tried to run on a page: a blocked attack, an extension of the reader’s browser, or a bug.
Operators find it in the log.

Sources: W3C, Content Security Policy Level 3, 5.3 and 5.5; W3C, Reporting API.
"""

import json
import logging
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, request

from wiki.extensions import csrf, limiter

REPORT_LIMIT = 20_000  # bytes
REPORTS_PER_ADDRESS = "30 per minute"
_FIELD_LIMIT = 200  # characters of each field

_log = logging.getLogger(__name__)
reports = Blueprint("reports", __name__)


@reports.post("/csp-report")
@csrf.exempt  # type: ignore[untyped-decorator]  # it changes nothing, and browsers send no token
@limiter.limit(REPORTS_PER_ADDRESS)
def csp_report() -> Response:
    """Log what was blocked, one line per report."""
    if (request.content_length or 0) <= REPORT_LIMIT:
        for page, directive, blocked in _violations(request.get_data(cache=False)):
            _log.warning("policy stopped %s (%s) on %s", blocked, directive, page)
    return Response(status=204)


def _violations(body: bytes) -> Iterator[tuple[str, str, str]]:
    """`(page, directive, blocked)` of each report, in either format. Never raises."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return
    for report in sent[:20] if isinstance(sent, list) else [sent]:
        about = report.get("body") or report.get("csp-report") if isinstance(report, dict) else None
        if isinstance(about, dict):
            yield (
                _field(about, "documentURL", "document-uri", is_address=True),
                _field(about, "effectiveDirective", "effective-directive", "violated-directive"),
                _field(about, "blockedURL", "blocked-uri"),
            )


def _field(about: dict[str, Any], *names: str, is_address: bool = False) -> str:
    value = str(next((about[name] for name in names if name in about), ""))
    if is_address:
        # The query string of an invitation or password link contains a secret.
        value = value.partition("?")[0]
    return repr(value[:_FIELD_LIMIT])
