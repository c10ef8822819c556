"""What strangers may cost, and which addresses they may not read at all.

Histories, comparisons, old revisions and searches have endlessly many addresses, each of which
takes many times as long as a page, and crawlers find them all: from ten thousand networks, with one
request each, so that no limit for an address sees them. So all strangers together share a budget,
apart from that of pages, which stays theirs whatever happens. A refusal asks neither the database
nor the rate limits' storage.
"""

import time
from collections.abc import Iterator

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue

from wiki.access.login_wall import lead_to_login
from wiki.access.permissions import Viewer, current_viewer
from wiki.app_state import AppState, current_settings, settings_of
from wiki.rate_limits.cost_budget import Allowance, CostBudget
from wiki.rate_limits.keys import network_key

HISTORIES = frozenset({"pages.history", "pages.diff", "pages.blame", "search.old"})
HISTORIES |= {"proposals.queue", "proposals.show"}
HISTORIES |= {"api.list_revisions", "api.compare", "api.list_proposals", "api.read_proposal"}
# Of these only the addresses with `?revision=`.
_WITH_REVISIONS = frozenset({"pages.read", "pages.raw", "api.read_page"})
SEARCHES = frozenset({"search.results", "search.suggest", "api.search_pages", "api.suggest"})
SEARCHES |= {"graphql.ask"}
SEARCHES |= {"api.find_answers"}
# Lists of a whole wiki, for programs.
SEARCHES |= {"api.list_backlinks", "api.list_tags", "api.list_changes"}
SEARCHES |= {"api.list_threads", "api.read_thread"}
SEARCHES |= {"wanted.board"}  # made of all links and searches
RELATED = frozenset({"pages.related"})
CLONES = frozenset({"git.refs", "git.upload_pack"})
LISTS = frozenset({"crawling.llms", "crawling.sitemap", "crawling.sitemap_part"})
DOCUMENTS = frozenset({"pages.print_tree"})  # many pages as one
FILES = frozenset({"offline.hub_file"})  # all pages as one

EVERYBODY = Allowance(share=0.05, burst=1.5)  # of one processor: five histories a second
NETWORK = Allowance(share=0.025, burst=1.0)
SLOTS = 2  # answers at a time in a process, which has four threads
# Searching is what most strangers come for, whole classes behind one address: ten times as much,
# some fifty searches a second.
SEARCH_BY_EVERYBODY = Allowance(share=0.5, burst=10.0)
SEARCH_BY_NETWORK = Allowance(share=0.25, burst=6.0)
SEARCH_SLOTS = 4
# Asked for by the foot of each page that is read: it mustn't take what searches may cost.
RELATED_BY_EVERYBODY = Allowance(share=0.2, burst=4.0)
RELATED_BY_NETWORK = Allowance(share=0.1, burst=2.0)

_Budgets = dict[str, CostBudget]


def _make_budgets() -> _Budgets:
    # Apart: a crawler of histories mustn't keep people from searching.
    return {
        "history": CostBudget(EVERYBODY, NETWORK, SLOTS),
        "git": CostBudget(EVERYBODY, NETWORK, SLOTS),
        "search": CostBudget(SEARCH_BY_EVERYBODY, SEARCH_BY_NETWORK, SEARCH_SLOTS),
        "related": CostBudget(RELATED_BY_EVERYBODY, RELATED_BY_NETWORK, SLOTS),
        "bulk": CostBudget(EVERYBODY, NETWORK, SLOTS),
        # One costs minutes of the budget, which a sitemap must not wait for.
        "file": CostBudget(EVERYBODY, NETWORK, 1),
    }


BUDGETS = AppState[_Budgets]("anonymous_budgets", _make_budgets)


def init_app(app: Flask) -> None:
    """Limit what strangers cost, and keep robots away from it.

    In a wiki that shows histories to members alone, lead strangers from there to the login.
    """
    if settings_of(app).history == "members":
        app.before_request(require_login_for_history)
    if settings_of(app).rate_limits:
        app.before_request(limit_cost)
        app.teardown_request(pay)
    app.after_request(keep_robots_out)


def kind_of_request() -> str | None:
    """Whether this request is for `history`, `git`, a `search`, `related` pages, many at once
    (`bulk`) or all of them (`file`), which cost more than a page."""
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
    """Whether `viewer` may read histories, comparisons and old revisions of what they read."""
    is_for_members = current_settings().history == "members"
    return not is_for_members or (viewer.is_member and not viewer.is_blocked)


def require_login_for_history() -> ResponseReturnValue | None:
    """Redirect strangers to the sign-in page, whether or not there is such a page."""
    if kind_of_request() != "history" or may_read_histories(current_viewer()):
        return None
    return lead_to_login()


def limit_cost() -> None:
    """Begin an answer to a stranger. Raises `OverBudget`."""
    kind = kind_of_request()
    if kind is None or current_viewer().is_member:
        return
    _enter(kind)


def limit_cost_as(kind: str) -> None:
    """Let what an answer to a stranger costs from now on count as `kind`. Raises `OverBudget`."""
    if "anonymous_cost" in g:
        pay()
        _enter(kind)


def _enter(kind: str) -> None:
    network = network_key()
    BUDGETS.current()[kind].enter(network)
    g.anonymous_cost = kind, network, time.thread_time()


def charge(seconds: float) -> None:
    """Add what another process spent on this answer; nothing is limited but strangers."""
    g.anonymous_extra = g.get("anonymous_extra", 0.0) + seconds


def metered(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """An answer that is made while it is sent, after the request has ended and was paid for."""
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
    """End it, error pages included."""
    if "anonymous_cost" in g:
        kind, network, began = g.pop("anonymous_cost")
        cost = time.thread_time() - began + g.pop("anonymous_extra", 0.0)
        BUDGETS.current()[kind].leave(network, cost)


def keep_robots_out(response: Response) -> Response:
    """Robots that obey anything follow no link from here into another revision."""
    if kind_of_request() is not None and request.endpoint not in LISTS:
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
