"""The addresses of pages."""

from flask import Flask

from wiki.pages.cache import KeptPages
from wiki.pages.views import (  # noqa: F401
    blame,
    deleting,
    drafts,
    editing,
    erasing,
    feed,
    history,
    reading,
    renaming,
    restoring,
)
from wiki.pages.views.blueprint import WikiPathConverter, pages


def init_app(app: Flask) -> None:
    app.url_map.converters["wikipath"] = WikiPathConverter
    app.extensions["nexus_kept_pages"] = KeptPages()
    app.register_blueprint(pages)
