"""Registers the discussions."""

from flask import Flask

from wiki.accounts.merging.references import register_references
from wiki.accounts.privacy.personal_data import register_personal_data
from wiki.community.discussion import views  # noqa: F401
from wiki.community.discussion.anchoring.page_marks import mark_pages, open_threads
from wiki.community.discussion.blueprint import discussion
from wiki.community.discussion.comment_events import event_kinds
from wiki.community.discussion.comments import views as comments  # noqa: F401
from wiki.community.discussion.models import PAGE_SUBJECT
from wiki.community.discussion.page_subject import PageSubject
from wiki.community.discussion.privacy.erasure import TextsOfDiscussions
from wiki.community.discussion.privacy.personal_data import REFERENCES, CommentsOfPerson
from wiki.community.discussion.subjects import register_subject
from wiki.community.discussion.talk import views as talk  # noqa: F401
from wiki.community.events import register_kinds
from wiki.pages.erasure.text_holders import register_texts

mark_pages()


def init_app(app: Flask) -> None:
    register_subject(app, PAGE_SUBJECT, PageSubject())
    register_personal_data(app, CommentsOfPerson())
    register_references(app, REFERENCES)
    register_texts(app, TextsOfDiscussions())
    register_kinds(app, *event_kinds())
    app.jinja_env.globals["open_threads"] = open_threads
    app.register_blueprint(discussion)
