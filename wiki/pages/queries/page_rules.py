"""The access rule of each page as an array, so that search can filter without a query per page.

Permissions are not indexed: a new rule for ten thousand pages would mean indexing them all again.
The array is reloaded when the version of the rules has changed, and extended for new pages.
"""

from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from wiki.access.permissions import Viewer, readable_rules
from wiki.access.rulebook import rulebook
from wiki.app_state import AppState
from wiki.database import db, in_batches
from wiki.pages.models import Page

_NOT_LOADED = -1
_NO_RULE = 0  # of an id without a page; nobody may see it


@dataclass(frozen=True)
class _PageRules:
    """`rules[page id]` is the id of the page’s rule, at a version of the rules."""

    version: int
    rules: NDArray[np.int64]


class _Cache:
    def __init__(self) -> None:
        self.latest = _PageRules(0, np.empty(0, np.int64))
        self.lock = Lock()


_CACHE = AppState("page_rules", _Cache)


def allowed_pages(viewer: Viewer, page_ids: NDArray[np.int64]) -> NDArray[np.bool_] | None:
    """A mask of the pages that `viewer` may see under the access rules; `None` if all of them.

    Doesn’t consider whether pages are deleted.
    """
    book, readable = rulebook(), readable_rules(viewer)
    if len(readable) == len(book.rules):
        return None
    rules = _rules_of(page_ids, book.version)
    may = np.zeros(1 + max(*book.rules, int(rules.max(initial=0))), np.bool_)
    may[list(readable)] = True
    mask: NDArray[np.bool_] = may[rules]
    return mask


def _rules_of(page_ids: NDArray[np.int64], version: int) -> NDArray[np.int64]:
    """The rule id of each page, `_NO_RULE` for ids without a page."""
    cache = _CACHE.current()
    with cache.lock:
        latest = cache.latest
        rules = _loaded() if latest.version != version else latest.rules
        if (more := int(page_ids.max(initial=-1)) + 1 - len(rules)) > 0:
            rules = np.append(rules, np.full(more, _NOT_LOADED))
        missing = page_ids[rules[page_ids] == _NOT_LOADED]
        if missing.size:  # created since, maybe with lower ids than loaded ones
            rules = _with_pages(rules, missing)
        cache.latest = _PageRules(version, rules)
    found: NDArray[np.int64] = rules[page_ids]
    return found


def _loaded() -> NDArray[np.int64]:
    rows = db.session.connection().execute(select(Page.id, Page.rule_id)).all()
    pairs = np.array(rows, np.int64).reshape(-1, 2)
    rules = np.full(int(pairs[:, 0].max(initial=-1)) + 1, _NOT_LOADED)
    rules[pairs[:, 0]] = pairs[:, 1]
    return rules


def _with_pages(rules: NDArray[np.int64], page_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    rules = rules.copy()  # other threads use the current one
    rules[page_ids] = _NO_RULE
    for some in in_batches(page_ids.tolist()):
        query = select(Page.id, Page.rule_id).where(Page.id.in_(some))
        for page_id, rule_id in db.session.connection().execute(query):
            rules[page_id] = rule_id
    return rules
