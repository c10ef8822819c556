"""Registers the views of pages, and what their templates use."""

from flask import Flask
from markupsafe import Markup

from wiki.accounts.merging.references import register_references
from wiki.accounts.privacy.personal_data import register_personal_data
from wiki.files.page_gateway import PAGE_GATEWAY
from wiki.kinds.builtin import status_label
from wiki.kinds.values import date_in, link_target
from wiki.markup.spans import with_code_spans
from wiki.pages.attachments import views as attachments  # noqa: F401
from wiki.pages.attachments.page_gateway import PagesOfFiles
from wiki.pages.blueprint import WikiPathConverter, pages
from wiki.pages.editing import (  # noqa: F401
    draft_views,
    link_suggestion_views,
    task_views,
)
from wiki.pages.editing import views as editing  # noqa: F401
from wiki.pages.erasure import delete_views  # noqa: F401
from wiki.pages.erasure import views as erasure  # noqa: F401
from wiki.pages.erasure.personal_data import REFERENCES, PagesOfPerson
from wiki.pages.history import (  # noqa: F401
    blame_views,
    changes_views,
    diff_views,
    feed,
)
from wiki.pages.history import views as history  # noqa: F401
from wiki.pages.moving import views as moving  # noqa: F401
from wiki.pages.presentation.personalize import personalized_text
from wiki.pages.presentation.withheld_links import is_withheld
from wiki.pages.protection import views as protection  # noqa: F401
from wiki.pages.protection.descriptions import readers_of_page
from wiki.pages.queries.withheld_links import withheld_links_in
from wiki.pages.reading import (  # noqa: F401
    diagram_views,
    folder_views,
    print_views,
    related_views,
)
from wiki.pages.reading import views as reading  # noqa: F401
from wiki.pages.undoing import mass_undo_views, restore_views, undo_views  # noqa: F401
from wiki.pages.urls import page_url


def init_app(app: Flask) -> None:
    app.url_map.converters["wikipath"] = WikiPathConverter
    PAGE_GATEWAY.put(app, PagesOfFiles())
    register_personal_data(app, PagesOfPerson())
    register_references(app, REFERENCES)
    app.jinja_env.globals.update(
        page_url=page_url,
        withheld_links_in=withheld_links_in,
        readers_of_page=readers_of_page,
        rendered_text=personalized_text,
    )
    app.jinja_env.filters.update(
        date_in=date_in,
        link_target=link_target,
        with_code_spans=_with_code_spans,
        status_word=lambda status: str(status_label(status)).lower(),
    )
    app.jinja_env.tests["held_in"] = is_withheld
    app.register_blueprint(pages)


def _with_code_spans(text: str) -> Markup:
    return Markup(with_code_spans(text))  # noqa: S704  # escaped
