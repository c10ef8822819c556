"""Subjects of threads, such as pages and proposals.

A subject decides who reads and writes its threads and where they are shown. Rights are checked in
each request; a thread without a home for a viewer doesn't exist for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Flask, url_for
from sqlalchemy import ColumnElement, and_, false, or_

from wiki.access.permissions import Viewer
from wiki.app_state import AppState
from wiki.community.discussion.errors import ThreadNotFound
from wiki.community.discussion.models import Thread


@dataclass(frozen=True, slots=True)
class Home:
    """The page or proposal that a thread belongs to, for a viewer who may read it.

    `endpoint` and `values` are those of the URL that shows the thread. `may_moderate` allows
    deleting other people's comments and resolving the thread. `page_id` and `path` are those of the
    page to which relative links in comments refer, if there is one.
    """

    title: str
    endpoint: str
    values: Mapping[str, Any]
    may_write: bool
    may_moderate: bool
    page_id: int | None = None
    path: str = ""

    @property
    def url(self) -> str:
        """The path of the URL, for use in requests; mails and webhooks build absolute URLs."""
        return url_for(self.endpoint, **self.values)


class ThreadSubject(Protocol):
    """A kind of subject: answers who may read its threads, and where they are."""

    def homes(self, viewer: Viewer, threads: Sequence[Thread]) -> Mapping[int, Home]:
        """By thread id: the home of each of `threads` that `viewer` may read now."""

    def is_visible(self, viewer: Viewer) -> ColumnElement[bool]:
        """A condition on `Thread` for lists: `viewer` may read the thread."""


_SUBJECTS = AppState[dict[str, ThreadSubject]]("thread_subjects", dict)


def register_subject(app: Flask, name: str, subject: ThreadSubject) -> None:
    """Register `subject` for threads with `name` (at most 16 letters) as `Thread.subject`."""
    _SUBJECTS.of(app)[name] = subject


def homes_of(viewer: Viewer, threads: Sequence[Thread]) -> dict[int, Home]:
    """By thread id: the home of each thread that `viewer` may read."""
    found: dict[int, Home] = {}
    for name, subject in _SUBJECTS.current().items():
        theirs = [thread for thread in threads if thread.subject == name]
        if theirs:
            found |= subject.homes(viewer, theirs)
    return found


def home_of(viewer: Viewer, thread: Thread | None) -> Home:
    """The home of a thread. Raises `ThreadNotFound`, also if the viewer may not read it."""
    home = homes_of(viewer, [thread]).get(thread.id) if thread else None
    if home is None:
        raise ThreadNotFound
    return home


def threads_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Thread`: `viewer` may read it."""
    subjects = _SUBJECTS.current().items()
    return or_(
        false(),
        *(and_(Thread.subject == name, subject.is_visible(viewer)) for name, subject in subjects),
    )
