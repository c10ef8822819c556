"""Factories that fill in sensible values for whatever a test isn't about."""

import time
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask_login import login_user

from tests.person import Person
from wiki.access.permissions import Viewer
from wiki.accounts.authentication.sessions import SIGNED_IN_AT
from wiki.accounts.models import Role, User
from wiki.app_state import settings_of
from wiki.database import db, write_transaction
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import SaveResult, create_page

PASSWORD = "correct horse battery staple"  # of every person in the tests

# Argon2 at its cheapest: only the accounts' own tests look at its cost.
_hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def make_user(
    app: Flask, username: str, role: str = Role.LEARNER, password: str = PASSWORD, **columns: Any
) -> User:
    """A person, stored and detached; the same one when there is one of that name."""
    key = unicodedata.normalize("NFKC", username).casefold()
    with app.app_context():
        user: User | None = db.session.scalar(db.select(User).filter_by(username_key=key))
        if user is None:
            user = User(
                username=username,
                username_key=key,
                role=role,
                password_hash=_hasher.hash(password),
                **columns,
            )
            with write_transaction() as session:
                session.add(user)
        db.session.refresh(user)
        db.session.expunge(user)
    return user


def client_of(app: Flask, user: User) -> Person:
    """A browser in which `user` has just signed in."""
    client: Any = app.test_client()
    base = settings_of(app).base_url or None
    with client.session_transaction(base_url=base) as cookie:
        from flask import session

        with app.test_request_context(base_url=base, environ_base=client.environ_base):
            login_user(user)
            session[SIGNED_IN_AT] = [user.id, int(time.time())]
            cookie.update(session)
    person: Person = client
    return person


def make_page(
    app: Flask,
    path: str | None = None,
    title: str | None = None,
    text: str = "A text.\n",
    *,
    kind: str = "page",
    tags: Sequence[str] = (),
    fields: Mapping[str, Any] | None = None,
    by: User | None = None,
    summary: str = "",
) -> SaveResult:
    """A page through the one write path."""
    if title is None:
        last = (path or "a-page").rpartition("/")[2]
        title = last.replace("-", " ").capitalize()
    content = Content(title, text, kind, tuple(tags), dict(fields or {}))
    with app.app_context():
        return create_page(content, path=path, by=by, summary=summary)


def make_thread(app: Flask, page_id: int, by: User, text: str = "A comment.", **anchor: Any) -> int:
    """A thread about a page, with one comment; its id."""
    from wiki.community.discussion.anchoring.anchors import Anchor
    from wiki.community.discussion.write import CommentInput, start_thread

    viewer = Viewer(by.id, by.role)
    with app.test_request_context():
        return start_thread(viewer, page_id, Anchor(**anchor), CommentInput(text)).thread_id
