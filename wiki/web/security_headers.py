"""The security headers of all responses. A header that a view has set is kept."""

from collections.abc import Iterable, Mapping

from flask import Flask, Response

from wiki.config import Settings

HSTS_MAX_AGE = 365 * 24 * 3600  # seconds
REPORT_PATH = "/csp-report"
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def init_app(app: Flask, settings: Settings) -> None:
    headers = _security_headers(settings)
    app.after_request(lambda response: _add_headers(response, headers))


def content_security_policy(picture_sources: Iterable[str], report_path: str) -> str:
    """The policy of all pages; `picture_sources` are other hosts from which images may be shown."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            " ".join(("img-src 'self' data:", *picture_sources)),
            "font-src 'self'",
            "connect-src 'self'",
            "frame-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "object-src 'none'",
            f"report-uri {report_path}",
            "report-to csp",
        )
    )


def _security_headers(settings: Settings) -> dict[str, str]:
    report_path = f"{settings.base_path}{REPORT_PATH}"
    policy = content_security_policy(settings.picture_hosts.sources(), report_path)
    headers = {
        "Content-Security-Policy": policy,
        "Reporting-Endpoints": f'csp="{report_path}"',
        **SECURITY_HEADERS,
    }
    if settings.is_https:
        headers["Strict-Transport-Security"] = f"max-age={HSTS_MAX_AGE}"
    return headers


def keep_private(response: Response) -> Response:
    """Forbid storing pages, so that the back button doesn’t show them to the next person."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _add_headers(response: Response, security_headers: Mapping[str, str]) -> Response:
    headers = response.headers
    # Setting them one by one would take a twentieth of a page's time.
    given = set(headers.keys())
    headers.extend([item for item in security_headers.items() if item[0] not in given])
    return response
