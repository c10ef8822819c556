"""The words of the interface: gettext, with a short way while there is one language."""

from typing import Any

from flask import Flask
from flask_babel import gettext, ngettext

from wiki.config import PACKAGE


def init_app(app: Flask) -> None:
    """Give templates `_`, `gettext` and `ngettext`.

    Without catalogues every message is its own translation; asking Babel for each of the
    frame's forty words would take a third of the time of a page.
    """
    has_catalogues = any((PACKAGE / "translations").glob("*/LC_MESSAGES/*.mo"))
    one, many = (gettext, ngettext) if has_catalogues else (_as_written, _as_written_many)
    app.jinja_env.install_gettext_callables(one, many, newstyle=True)  # type: ignore[attr-defined]
    app.context_processor(lambda: {"_": one})


def _as_written(message: str, **values: Any) -> str:
    return message % values if values else message


def _as_written_many(one: str, many: str, num: int, **values: Any) -> str:
    return _as_written(one if num == 1 else many, num=num, **values)
