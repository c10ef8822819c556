"""The addresses of pages."""

from flask import Flask

from wiki.pages.addresses import page_url
from wiki.pages.cache import KeptPages
from wiki.pages.filehomes import PageHomes
from wiki.pages.glossary import Glossaries
from wiki.pages.kinds import status_label
from wiki.pages.views import (  # noqa: F401
    blame,
    changes,
    comparing,
    deleting,
    diagram,
    drafts,
    editing,
    erasing,
    feed,
    folder,
    history,
    keeping,
    massundo,
    reading,
    renaming,
    restoring,
    ticking,
    titles,
    undoing,
)
from wiki.pages.views.blueprint import WikiPathConverter, pages
from wiki.pages.views.linked import rendered_text


def init_app(app: Flask) -> None:
    app.url_map.converters["wikipath"] = WikiPathConverter
    app.extensions["nexus_kept_pages"] = KeptPages()
    app.extensions["nexus_glossaries"] = Glossaries()
    app.extensions["nexus_file_homes"] = PageHomes()
    app.jinja_env.globals.update(page_url=page_url, rendered_text=rendered_text)
    app.jinja_env.filters["status_word"] = lambda status: str(status_label(status)).lower()
    app.register_blueprint(pages)
