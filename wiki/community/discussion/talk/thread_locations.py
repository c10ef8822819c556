"""Where the anchors of threads are on the current page."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import url_for

from wiki.community.discussion.anchoring.anchors import AnchorLocation
from wiki.community.discussion.anchoring.page_texts import anchor_of, current_text
from wiki.community.discussion.models import Thread
from wiki.community.discussion.queries import ThreadView
from wiki.pages.urls import page_url

FRAGMENT_WORDS = 12  # words of a quote in the URL's text fragment


@dataclass(frozen=True, slots=True)
class LocatedThread:
    """A thread with its place on the page, the URLs of that and of the revision it is about.

    `place` is `None` for a thread that isn't about a page; URLs may be empty.
    """

    view: ThreadView
    place: AnchorLocation | None = None
    url: str = ""
    revision_url: str = ""


def locate_threads(views: Sequence[ThreadView]) -> list[LocatedThread]:
    """Locate the threads of one page; returns them in the same order."""
    if not views or views[0].home.page_id is None:
        return [LocatedThread(view) for view in views]
    text = current_text(views[0].home.page_id)
    return [_placed(view, text.locate(anchor_of(view.thread))) for view in views]


def _placed(view: ThreadView, place: AnchorLocation) -> LocatedThread:
    path, thread = view.home.path, view.thread
    url = f"{page_url(path)}{_fragment(thread, place)}"
    number = thread.revision_number
    former = url_for("pages.read", path=path, revision=number) if number else ""
    return LocatedThread(view, place, url, former + _fragment_of_heading(thread.heading))


def _fragment(thread: Thread, place: AnchorLocation) -> str:
    """A URL fragment to the heading and, in browsers that support it, to the quote.

    Source: WICG, Scroll to Text Fragment.
    """
    heading = _fragment_of_heading(place.heading)
    if place.found not in ("words", "rewritten"):
        return heading
    words = thread.quote.split()
    named = [" ".join(words)]
    if len(words) > 2 * FRAGMENT_WORDS:
        named = [" ".join(words[:FRAGMENT_WORDS]), " ".join(words[-FRAGMENT_WORDS:])]
    directive = ",".join(quote(part, safe="").replace("-", "%2D") for part in named)
    return f"{heading or '#'}:~:text={directive}"


def _fragment_of_heading(heading: str) -> str:
    return f"#{quote(heading, safe='')}" if heading else ""
