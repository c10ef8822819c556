"""What threads belong to: each subject says who reads and writes its threads, and where they are
shown. A page is one, and so is a proposal.

Rights are asked at the moment of each request, and a thread whose subject gives it no home for
somebody doesn't exist for them.
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
    """Where a thread belongs, for somebody who may read it.

    `endpoint` and `values` make the address that shows the thread. `may_moderate` allows deleting
    the comments of others and resolving the thread. `path` and `page_id` are those of the page
    whose files and sections comments refer to, if there is one.
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
        """Only in a request: mails and webhooks make whole addresses."""
        return url_for(self.endpoint, **self.values)


class ThreadSubject(Protocol):
    """What threads are about: pages, proposals."""

    def homes(self, viewer: Viewer, threads: Sequence[Thread]) -> Mapping[int, Home]:
        """By the id of each of these threads that `viewer` may read now: where it belongs."""

    def is_visible(self, viewer: Viewer) -> ColumnElement[bool]:
        """The same for lists: which of its threads `viewer` may read, by its columns."""


_SUBJECTS = AppState[dict[str, ThreadSubject]]("thread_subjects", dict)


def register_subject(app: Flask, name: str, subject: ThreadSubject) -> None:
    """Let threads with this `Thread.subject` belong to `subject`; at most 16 letters."""
    _SUBJECTS.of(app)[name] = subject


def homes_of(viewer: Viewer, threads: Sequence[Thread]) -> dict[int, Home]:
    """By the id of each thread that `viewer` may read: where it belongs."""
    found: dict[int, Home] = {}
    for name, subject in _SUBJECTS.current().items():
        theirs = [thread for thread in threads if thread.subject == name]
        if theirs:
            found |= subject.homes(viewer, theirs)
    return found


def home_of(viewer: Viewer, thread: Thread | None) -> Home:
    """Where a thread belongs. Raises `ThreadNotFound`, also for anyone who may not read it."""
    home = homes_of(viewer, [thread]).get(thread.id) if thread else None
    if home is None:
        raise ThreadNotFound
    return home


def threads_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The threads that exist for `viewer`, as a condition on their columns."""
    subjects = _SUBJECTS.current().items()
    return or_(
        false(),
        *(and_(Thread.subject == name, subject.is_visible(viewer)) for name, subject in subjects),
    )
