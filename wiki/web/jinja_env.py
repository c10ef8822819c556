"""What all templates can use: filters, functions, and the viewer’s permissions."""

from collections.abc import Callable
from functools import lru_cache
from types import FunctionType
from typing import Any

from babel.numbers import format_decimal
from flask import Flask, request, url_for
from flask_login import current_user
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from wiki import i18n
from wiki.access.permissions import (
    Governed,
    can_administer,
    can_edit,
    can_edit_somewhere,
    can_propose,
    can_read_at,
    can_review,
    can_write_at,
    current_viewer,
    reads_everything,
)
from wiki.identity.accent import VERSION as ACCENT_VERSION
from wiki.identity.current import current_identity
from wiki.markup.text.direction import direction_of
from wiki.markup.text.line_breaks import with_breaks
from wiki.timezones import clock, day, moment, reader_zone, whole_day
from wiki.web.theme import chosen_theme
from wiki.web.unread_badge import unread_badge


class TemplateContext(Context):
    """Jinja’s context with a short cut for calls of plain functions and macros.

    A page of results has two hundred calls, and Jinja checks for each whether it needs the context.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # No template has its own globals, for which Jinja would evaluate imports again.
        self.globals_keys = set()

    def call(self, obj: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The result of calling `obj`."""
        if type(obj) is Macro:
            args = (self.eval_ctx, *args)
        elif type(obj) is not FunctionType or hasattr(obj, "jinja_pass_arg"):
            return super().call(obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return obj(*args, **kwargs)


def init_app(app: Flask) -> None:
    app.jinja_env.context_class = TemplateContext
    app.jinja_env.globals.update(
        accent_url=accent_url,
        direction_mark=direction_mark,
        identity=current_identity,
        may_edit_page=may_edit_page,
        may_read_at=may_read_at,
        may_write_at=may_write_at,
        reads_everything=viewer_reads_everything,
        reader_zone=reader_zone,
        theme=chosen_theme,
        url_for=cached_url_for,
    )
    app.jinja_env.filters.update(breaking=breaking, number=number)
    app.jinja_env.filters.update(clock=clock, day=day, moment=moment, whole_day=whole_day)
    app.context_processor(_permissions)


def accent_url(colour: str) -> str:
    """The URL of the stylesheet for an accent colour (`#rrggbb`)."""
    return cached_url_for("hub.accent", colour=colour.removeprefix("#"), v=ACCENT_VERSION)


def breaking(name: str) -> Markup:
    """A title with line break opportunities; marked-up text stays marked up."""
    return Markup(with_breaks(escape(name)))  # noqa: S704  # escaped


def direction_mark(*html: str) -> Markup:
    """The `dir` attribute for a right-to-left list entry; empty for others."""
    return Markup(' dir="rtl"') if direction_of("".join(html)) == "rtl" else Markup()


def number(value: int) -> str:
    """A number with thousands separators of the reader’s language."""
    locale = i18n.locale()
    return f"{value:,}" if locale == "en" else str(format_decimal(value, locale=locale))


def cached_url_for(endpoint: str, **values: Any) -> str:
    """Flask’s `url_for`; URLs within the site are cached, since every page contains dozens."""
    # ".results" depends on the blueprint; absolute URLs depend on the request.
    if endpoint.startswith(".") or any(type(each) is not str for each in values.values()):
        return url_for(endpoint, **values)
    return _url_within_site(endpoint, request.script_root, **values)


@lru_cache(maxsize=512)
def _url_within_site(endpoint: str, _script_root: str, **values: Any) -> str:
    return url_for(endpoint, **values)


# Functions, not values, so that macros imported without the context can use them.
def may_edit_page(page: Governed) -> bool:
    """Whether the viewer may edit the page."""
    return can_edit(current_viewer(), page)


def may_read_at(path: str) -> bool:
    """Whether the viewer may read pages at the path."""
    return can_read_at(current_viewer(), path)


def may_write_at(path: str) -> bool:
    """Whether the viewer may write pages at the path."""
    return can_write_at(current_viewer(), path)


def viewer_reads_everything() -> bool:
    """Whether the viewer may read all pages."""
    return reads_everything(current_viewer())


def _permissions() -> dict[str, Any]:
    viewer = current_viewer()
    return {
        "viewer": viewer,
        "signed_in_as": current_user.username if viewer.is_member else "",
        "unread_badge": unread_badge(current_user.unread_count) if viewer.is_member else "",
        "may_edit": can_edit_somewhere(viewer),
        "may_propose": can_propose(viewer),
        "may_review": can_review(viewer),
        "may_administer": can_administer(viewer),
    }
