"""Translation of the interface with gettext, with a short cut while there is one language."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from flask import Flask
from flask_babel import get_locale, get_translations, gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from wiki.config import PACKAGE

Words: TypeAlias = str | LazyString


def init_app(app: Flask) -> None:
    """Give templates `_`, `gettext` and `ngettext`.

    Without catalogues every message is its own translation; calling Babel for the layout’s forty
    messages would take a third of a page’s time.
    """
    # Jinja inserts the count, which may be a text ("8,170").
    one, many = (gettext, _translated_form) if _has_catalogues() else (_as_written, _form)
    app.jinja_env.install_gettext_callables(one, many, newstyle=True)  # type: ignore[attr-defined]
    # Also for macros, which have no access to the context.
    app.jinja_env.globals["_"] = one
    app.jinja_env.globals["language_tag"] = language_tag


@cache
def _has_catalogues() -> bool:
    return any((PACKAGE / "translations").glob("*/LC_MESSAGES/*.mo"))


def locale() -> str:
    """The code of the reader’s language."""
    return str(get_locale()) if _has_catalogues() else "en"


def language_tag() -> str:
    """The tag of the reader’s language for HTML and XML."""
    return locale().replace("_", "-")


def lazy(message: str, **values: Any) -> Words:
    """A message that is translated when it is shown."""
    say: Callable[..., Words] = lazy_gettext if _has_catalogues() else _as_written
    return say(message, **values)


def _as_written(message: str, **values: Any) -> str:
    return message % values if values else message


def _form(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


def _translated_form(one: str, many: str, count: int) -> str:
    return str(get_translations().ungettext(one, many, count))
