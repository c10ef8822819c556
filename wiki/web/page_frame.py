"""What surrounds every page: headers, filters, and what templates know."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from flask import Flask, Response, request, url_for
from flask_babel import format_decimal
from flask_login import current_user
from markupsafe import Markup, escape

from wiki import i18n
from wiki.access import can_administer, can_delete, can_edit, can_review, current_viewer
from wiki.config import Settings
from wiki.extensions import compress
from wiki.markup.text.direction import direction_of
from wiki.markup.text.line_breaks import with_breaks
from wiki.timezones import clock, day, moment, reader_zone, whole_day

THEMES = ("system", "light", "dark")
THEME_COOKIE = "nexus_theme"

HTTPS_AGE = 365 * 24 * 3600  # seconds for which a browser asks by nothing but HTTPS
SECURITY_HEADERS = {
    "Reporting-Endpoints": 'csp="/csp-report"',
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def init_app(app: Flask, settings: Settings) -> None:
    app.jinja_env.globals.update(reader_zone=reader_zone, theme=chosen_theme, url_for=address)
    app.jinja_env.globals["direction_mark"] = direction_mark
    app.jinja_env.filters.update(breaking=breaking, number=number)
    app.jinja_env.filters.update(clock=clock, day=day, moment=moment, whole_day=whole_day)
    app.context_processor(_permissions)
    headers = _safety(settings)
    app.after_request(lambda response: _secure(response, headers))
    app.after_request(compress.after_request)


def policy(picture_sources: Iterable[str] = ()) -> str:
    """The Content-Security-Policy of every page; `picture_sources` are hosts of pictures that are
    shown beside the wiki's own."""
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
            "report-uri /csp-report",
            "report-to csp",
        )
    )


def _safety(settings: Settings) -> dict[str, str]:
    """The headers of every answer, with the addresses that this wiki has."""
    own = {"Content-Security-Policy": policy(settings.picture_hosts.sources()), **SECURITY_HEADERS}
    reports = f"{settings.base_path}/csp-report"
    headers = {name: value.replace("/csp-report", reports) for name, value in own.items()}
    if settings.is_https:
        headers["Strict-Transport-Security"] = f"max-age={HTTPS_AGE}"
    return headers


def chosen_theme() -> str:
    """What the reader chose: `system`, `light` or `dark`."""
    theme = request.cookies.get(THEME_COOKIE, "")
    return theme if theme in THEMES else THEMES[0]


def breaking(name: str) -> Markup:
    """A title with places where its line may end; what is marked up already stays so."""
    return Markup(with_breaks(str(escape(name))))  # noqa: S704  # escaped


def direction_mark(html: str) -> Markup:
    """The attribute for an entry of a list that runs from the right; nothing for the others."""
    return Markup(' dir="rtl"') if direction_of(html) == "rtl" else Markup()


def number(value: int) -> str:
    """A number with its thousands parted as in the reader's language."""
    locale = i18n.locale()
    return f"{value:,}" if locale == "en" else str(format_decimal(value, locale=locale))


def address(endpoint: str, **values: Any) -> str:
    """Flask's `url_for`; addresses without values are kept, since every page has a dozen."""
    # ".results" means another page in each feature.
    if values or endpoint.startswith("."):
        return url_for(endpoint, **values)
    return _address(endpoint, request.script_root)


@lru_cache(maxsize=256)
def _address(endpoint: str, _script_root: str) -> str:
    return url_for(endpoint)


def _permissions() -> dict[str, Any]:
    viewer = current_viewer()
    return {
        "viewer": viewer,
        "signed_in_as": current_user.username if viewer.is_member else "",
        "may_edit": can_edit(viewer),
        "may_delete": can_delete(viewer),
        "may_review": can_review(viewer),
        "may_administer": can_administer(viewer),
    }


def _secure(response: Response, safety: Mapping[str, str]) -> Response:
    headers = response.headers
    # What a view has set stands. Set one by one they would take a twentieth of a page's time.
    given = set(headers.keys())
    headers.extend([(name, value) for name, value in safety.items() if name not in given])
    return response
