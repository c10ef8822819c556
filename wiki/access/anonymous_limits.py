"""Limits what anonymous readers may cost, and which addresses are closed to them.

Histories, diffs, old revisions and searches have endlessly many URLs, each far more costly than
a page, and crawlers find them all: from ten thousand networks with one request each, so that
limits per address don’t help. Therefore all anonymous readers share a budget of processor time
for these URLs, separate from that for pages. A refusal queries neither the database nor the
storage of rate limits.
"""

import time
from collections.abc import Iterator

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue

from wiki.access.login_wall import redirect_to_login
from wiki.access.permissions import Viewer, current_viewer
from wiki.app_state import AppState, current_settings, settings_of
from wiki.rate_limits.cost_budget import Allowance, CostBudget
from wiki.rate_limits.keys import network_key

HISTORIES = frozenset({"pages.history", "pages.diff", "pages.blame", "search.old"})
HISTORIES |= {"proposals.queue", "proposals.show"}
HISTORIES |= {"api.list_revisions", "api.compare", "api.list_proposals", "api.read_proposal"}
# Only with `?revision=`.
_WITH_REVISIONS = frozenset({"pages.read", "pages.raw", "api.read_page"})
SEARCHES = frozenset({"search.results", "search.suggest", "api.search_pages", "api.suggest"})
SEARCHES |= {"graphql.ask"}
SEARCHES |= {"api.find_answers"}
# Lists of the whole wiki, for programs.
SEARCHES |= {"api.list_backlinks", "api.list_tags", "api.list_changes"}
SEARCHES |= {"api.list_threads", "api.read_thread"}
SEARCHES |= {"wanted.board"}  # computed from all links and searches
RELATED = frozenset({"pages.related"})
CLONES = frozenset({"git.refs", "git.upload_pack"})
LISTS = frozenset({"crawling.llms", "crawling.sitemap", "crawling.sitemap_part"})
DOCUMENTS = frozenset({"pages.print_tree"})  # many pages in one document
FILES = frozenset({"offline.hub_file"})  # all pages in one file

EVERYBODY = Allowance(share=0.05, burst=1.5)  # of one processor: five histories a second
NETWORK = Allowance(share=0.025, burst=1.0)
SLOTS = 2  # requests at a time in a process, which has four threads
# Most anonymous readers come to search, whole classes behind one address: ten times as much,
# about fifty searches a second.
SEARCH_BY_EVERYBODY = Allowance(share=0.5, burst=10.0)
SEARCH_BY_NETWORK = Allowance(share=0.25, burst=6.0)
SEARCH_SLOTS = 4
# Requested at the end of each page that is read, so it needs a budget separate from searches.
RELATED_BY_EVERYBODY = Allowance(share=0.2, burst=4.0)
RELATED_BY_NETWORK = Allowance(share=0.1, burst=2.0)

_Budgets = dict[str, CostBudget]


def _make_budgets() -> _Budgets:
    # Separate, so that a crawler of histories doesn't keep people from searching.
    return {
        "history": CostBudget(EVERYBODY, NETWORK, SLOTS),
        "git": CostBudget(EVERYBODY, NETWORK, SLOTS),
        "search": CostBudget(SEARCH_BY_EVERYBODY, SEARCH_BY_NETWORK, SEARCH_SLOTS),
        "related": CostBudget(RELATED_BY_EVERYBODY, RELATED_BY_NETWORK, SLOTS),
        "bulk": CostBudget(EVERYBODY, NETWORK, SLOTS),
        # One file costs minutes of the budget, and a sitemap must not wait for it.
        "file": CostBudget(EVERYBODY, NETWORK, 1),
    }


BUDGETS = AppState[_Budgets]("anonymous_budgets", _make_budgets)


def init_app(app: Flask) -> None:
    """Limit what anonymous readers cost, and keep robots away from costly URLs.

    If only members may see histories, redirect anonymous readers to the sign-in page.
    """
    if settings_of(app).history == "members":
        app.before_request(require_login_for_history)
    if settings_of(app).rate_limits:
        app.before_request(limit_cost)
        app.teardown_request(pay)
    app.after_request(add_robots_header)


def kind_of_request() -> str | None:
    """The budget that this request counts against: `history`, `git`, `search`, `related`, `bulk`
    (many pages at once), `file` (all pages), or `None` for anything cheap.
    """
    if request.endpoint in HISTORIES:
        return "history"
    if request.endpoint in CLONES:
        return "git"
    if request.endpoint in _WITH_REVISIONS:
        return "history" if "revision" in request.args else None
    if request.endpoint in RELATED:
        return "related"
    if request.endpoint in LISTS | DOCUMENTS:
        return "bulk"
    if request.endpoint in FILES:
        return "file"
    return "search" if request.endpoint in SEARCHES else None


def may_read_histories(viewer: Viewer) -> bool:
    """Whether `viewer` may read histories, diffs and old revisions of pages they can read."""
    is_for_members = current_settings().history == "members"
    return not is_for_members or (viewer.is_member and not viewer.is_blocked)


def require_login_for_history() -> ResponseReturnValue | None:
    """Redirect anonymous readers to the sign-in page, whether or not the page exists."""
    if kind_of_request() != "history" or may_read_histories(current_viewer()):
        return None
    return redirect_to_login()


def limit_cost() -> None:
    """Start to meter a response to an anonymous reader. Raises `OverBudget`."""
    kind = kind_of_request()
    if kind is None or current_viewer().is_member:
        return
    _enter(kind)


def limit_cost_as(kind: str) -> None:
    """Count the rest of this response as `kind`. Raises `OverBudget`."""
    if "anonymous_cost" in g:
        pay()
        _enter(kind)


def _enter(kind: str) -> None:
    network = network_key()
    BUDGETS.current()[kind].enter(network)
    g.anonymous_cost = kind, network, time.thread_time()


def charge(seconds: float) -> None:
    """Add processor time that another process spent on this response."""
    g.anonymous_extra = g.get("anonymous_extra", 0.0) + seconds


def metered(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """A streamed response, whose cost is counted while it is sent, after the request has ended."""
    if "anonymous_cost" not in g:
        return chunks
    kind, network, _ = g.anonymous_cost
    return _metered(chunks, BUDGETS.current()[kind], network)


def _metered(chunks: Iterator[bytes], budget: CostBudget, network: str) -> Iterator[bytes]:
    began = time.thread_time()
    for chunk in chunks:
        yield chunk
        now = time.thread_time()
        budget.charge(network, now - began)
        began = now


def pay(_error: BaseException | None = None) -> None:
    """Stop metering, also after an error page."""
    if "anonymous_cost" in g:
        kind, network, began = g.pop("anonymous_cost")
        cost = time.thread_time() - began + g.pop("anonymous_extra", 0.0)
        BUDGETS.current()[kind].leave(network, cost)


def add_robots_header(response: Response) -> Response:
    """Ask robots not to index this page or follow its links."""
    if kind_of_request() is not None and request.endpoint not in LISTS:
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
