"""The rule of each page, as an array: what search may show, without asking for each page.

Rights are not indexed: a rule over ten thousand pages would mean indexing them all again. The array
is loaded again when the version of the rules has changed, and extended by pages that are new.
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
_NO_RULE = 0  # of a page that isn't there; nobody may see it


@dataclass(frozen=True)
class _PageRules:
    """`rules[page id]` is the id of a page's rule, as of a version of the rules."""

    version: int
    rules: NDArray[np.int64]


class _Cache:
    def __init__(self) -> None:
        self.latest = _PageRules(0, np.empty(0, np.int64))
        self.lock = Lock()


_CACHE = AppState("page_rules", _Cache)


def allowed_pages(viewer: Viewer, page_ids: NDArray[np.int64]) -> NDArray[np.bool_] | None:
    """A mask of the pages that `viewer` may see by the rules of access; `None` if all of them.

    Of deleted pages it says nothing.
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
    """The id of each page's rule, `_NO_RULE` for pages that aren't there."""
    cache = _CACHE.current()
    with cache.lock:
        latest = cache.latest
        rules = _loaded() if latest.version != version else latest.rules
        if (more := int(page_ids.max(initial=-1)) + 1 - len(rules)) > 0:
            rules = np.append(rules, np.full(more, _NOT_LOADED))
        missing = page_ids[rules[page_ids] == _NOT_LOADED]
        if missing.size:  # written since, maybe with a lower id than one that is loaded
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
    rules = rules.copy()  # other threads read the one there is
    rules[page_ids] = _NO_RULE
    for some in in_batches(page_ids.tolist()):
        query = select(Page.id, Page.rule_id).where(Page.id.in_(some))
        for page_id, rule_id in db.session.connection().execute(query):
            rules[page_id] = rule_id
    return rules
