"""Builds a page of search results for a viewer."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer, readable_rules
from wiki.app_state import AppState
from wiki.database import db
from wiki.markup.sentinels import CODE_CLOSE, CODE_OPEN
from wiki.search import outbox, query_log
from wiki.search.analysis.folding import fold
from wiki.search.documents import FoundPage, SuggestedPage
from wiki.search.index.audience import as_seen
from wiki.search.index.snapshot import Snapshot
from wiki.search.position import Position
from wiki.search.query.literal_terms import literal_words
from wiki.search.query.model import Changed, Filter, InTitle, Item, Phrase, Prefix, Query, Word
from wiki.search.query.units import without_filters
from wiki.search.results.related import related_pages
from wiki.search.results.snippets import Marker, Snippet
from wiki.search.results.suggestions import has_page_with_all_words, suggest_pages
from wiki.search.service import Results, Search, VisibleFilter

MAX_FREQUENT, MAX_FREQUENT_TRIED = 3, 10  # queries of others that are suggested, that are looked at
_WORD = re.compile(r"\w+")
MAX_UNINDEXED = 10_000  # pages that are searched in the database while the index is being built
MAX_OLD_TEXT_PHRASES = 8  # phrases of a query for which old texts are searched


@dataclass(frozen=True, slots=True)
class PageLookups:
    """Functions by which search looks up pages, for a given viewer."""

    rows: Callable[[Viewer, Sequence[int]], Mapping[int, FoundPage]]
    names: Callable[[Viewer, Sequence[int]], Mapping[int, SuggestedPage]]
    hidden: Callable[[Viewer, Iterable[int]], set[int]]
    allowed: Callable[[Viewer, NDArray[np.int64]], NDArray[np.bool_] | None]
    find: Callable[..., tuple[int, list[int]]]
    same_error: Callable[[Viewer, str], Sequence[int]]


PAGE_LOOKUPS = AppState[PageLookups]("page_lookups")


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A result: the page, its highlighted title, and its best passage."""

    page: FoundPage
    title: Markup
    heading: Markup
    snippet: Snippet
    is_same_error: bool = False  # it is about exactly the pasted error


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of search results; `total` is the number of results on all pages.

    `is_from_database`: the index could not answer. `behind`: the number of pages that this viewer
    may see and that were saved since the last commit of the index.
    """

    results: Results
    total: int
    found: list[SearchResult]
    is_from_database: bool = False
    behind: int = 0

    @property
    def query(self) -> Query:
        """The parsed query, for the page around the results."""
        return self.results.query

    @property
    def holds_any(self) -> bool:
        """Whether `total` includes pages that contain only one of several words."""
        words = " ".join(word.text for word in self.query.words)
        return len(_WORD.findall(words)) > 1


def list_results(
    search: Search,
    lookups: PageLookups,
    viewer: Viewer,
    text: str,
    *,
    first: int,
    count: int,
    by_date: bool = False,
    searcher: str = "",
    counts_misses: bool = False,
    about: str = "",
) -> Listing:
    """The results from rank `first` to `first + count`.

    Challenges about exactly the pasted error come first, if they match the filters. `searcher`
    identifies a person, whose query is counted once; without it, the query is not logged.
    `counts_misses`: also log searches without a good result. `about`: as for `Search.search`.
    """
    same = lookups.same_error(viewer, without_filters(text))
    ranked = partial(_ranked, search, lookups, viewer, text, same, about=about)
    listing = ranked(
        first=first, count=count, by_date=by_date, searcher=searcher, counts_misses=counts_misses
    )
    found = [replace(row, is_same_error=row.page.id in same) for row in listing.found]
    return replace(listing, found=found) if same else listing


def _ranked(
    search: Search,
    lookups: PageLookups,
    viewer: Viewer,
    text: str,
    same: Sequence[int],
    *,
    first: int,
    count: int,
    by_date: bool,
    searcher: str,
    counts_misses: bool,
    about: str,
) -> Listing:
    """The results, with the pages `same` before all others."""
    saved = _SavedSince(lookups, viewer)
    ask = partial(
        search.search,
        text,
        by_date=by_date,
        hidden=saved,
        allowed=_allowed(lookups, viewer),
        read_text=lambda page_id: _text_of(lookups, viewer, page_id),
        pinned=same,
        about=about,
    )
    results = ask(first=first, count=count)
    shown = slice(first, first + count)
    if results.state == "building":
        results = ask(first=0, count=first + count)
        return _while_building(search, lookups, viewer, results, same=same, shown=shown)
    if results.state != "ready":
        return _from_database(lookups, viewer, results, same, shown)
    is_found = results.total and not (results.correction or results.is_near)
    if searcher and is_found and not first:
        query_log.log_query(search.root, results.query, searcher)
    if searcher and counts_misses and not first and not results.query.is_empty:
        audience = readable_rules(viewer)
        search.misses.log(results.query, searcher, audience, is_miss=results.is_miss)
    held = {hit.page_id: hit.held for hit in results.hits}
    rows = _rows(lookups, viewer, held, results.marker)
    return Listing(results, results.total, rows, behind=saved.count)


def old_text_phrases(query: Query) -> list[list[str]]:
    """What an old text must contain: from each group, one phrase, word or prefix.

    Filters are ignored, since old texts have no labels; terms for the title may occur anywhere.
    """
    groups = [[text for item in group if (text := _wording(item))] for group in query.required]
    words = [[word] for item in query.words for word in item.text.split()]
    return [group for group in (*groups, *words) if group][:MAX_OLD_TEXT_PHRASES]


def _wording(item: Item) -> str:
    inner = item.item if isinstance(item, InTitle) else item
    return inner.text if isinstance(inner, Word | Phrase | Prefix) else ""


def is_narrowed(query: Query) -> bool:
    """Whether a query has conditions that `old_text_phrases` ignores."""
    items = [item for group in query.required for item in group]
    return bool(query.excluded) or any(isinstance(i, Filter | Changed | InTitle) for i in items)


def mark_old_text(query: Query, text: str) -> Markup:
    """The best passage of an old text (Markdown), with the query's words marked."""
    tokens = query.plain_tokens() + query.required_tokens()
    terms = (term.text for token in tokens for term in token.terms)
    prefixes = query.prefixes + query.required_prefixes
    return Marker(dict.fromkeys(terms, 1.0), prefixes).snippet([("", "", text)]).html


def suggestions(
    search: Search, lookups: PageLookups, viewer: Viewer, text: str, count: int
) -> tuple[list[SuggestedPage], list[str]]:
    """The pages and frequent queries to suggest for the text typed so far."""

    def read(snapshot: Snapshot) -> tuple[list[int], list[str]]:
        visible = Search.visible(snapshot, _SavedSince(lookups, viewer), _allowed(lookups, viewer))
        seen = as_seen(snapshot, visible)
        known = search.frequent.holding(text)[:MAX_FREQUENT_TRIED]
        queries = [q for q in known if has_page_with_all_words(seen, q, visible)][:MAX_FREQUENT]
        opened = search.opened.shares(seen, visible)
        return suggest_pages(seen, text, visible, count - len(queries), opened), queries

    indexed = search.read(read)
    ids, queries = indexed or ([], [])
    progress = search.index.progress()
    if indexed is None or (progress and progress.is_first):
        typed = Query(text, (Word(text),))
        found = lookups.find(viewer, typed, literal_words(typed), limit=count + len(ids))[1]
        ids = list(dict.fromkeys([*ids, *found]))[: count - len(queries)]
    names = lookups.names(viewer, ids) if ids else {}
    return [names[page_id] for page_id in ids if page_id in names], queries


def pages_like(
    search: Search, lookups: PageLookups, viewer: Viewer, page_id: int, count: int
) -> list[SuggestedPage]:
    """The visible pages that are most similar to a page; none without an index."""

    def read(snapshot: Snapshot) -> list[int]:
        visible = Search.visible(snapshot, _SavedSince(lookups, viewer), _allowed(lookups, viewer))
        vectors = search.meaning.vectors if search.meaning else None
        return related_pages(as_seen(snapshot, visible), page_id, visible, count, vectors)

    ids = search.read(read) or []
    names = lookups.names(viewer, ids) if ids else {}
    return [names[each] for each in ids if each in names]


def _text_of(lookups: PageLookups, viewer: Viewer, page_id: int) -> str:
    """The plain text of a page, with a line for each list item and each line of code."""
    row = lookups.rows(viewer, [page_id]).get(page_id)
    text = "\n".join(section[2] for section in row.sections) if row else ""
    return text.replace(CODE_OPEN, "").replace(CODE_CLOSE, "")


class _SavedSince:
    """The pages that changed since a position in the outbox: those that this viewer may not see,
    and the number (`count`) of the others."""

    def __init__(self, lookups: PageLookups, viewer: Viewer) -> None:
        self._lookups, self._viewer = lookups, viewer
        self.count = 0

    def __call__(self, position: Position) -> set[int]:
        session: Session = db.session()
        changed = outbox.changed_since(session, position)
        hidden = self._lookups.hidden(self._viewer, changed) if changed else set()
        self.count = len(changed) - len(hidden)
        return hidden


def _allowed(lookups: PageLookups, viewer: Viewer) -> VisibleFilter:
    """A filter that returns the mask of a snapshot's documents that the viewer may see."""
    return lambda snapshot: lookups.allowed(viewer, snapshot.pages)


def _while_building(
    search: Search,
    lookups: PageLookups,
    viewer: Viewer,
    results: Results,
    *,
    same: Sequence[int],
    shown: slice,
) -> Listing:
    """Results while the index is being built: from the index and, for other pages, the database.

    They alternate, since their scores are not comparable; the pages `same` come first. `results`
    are those of the index, from the first one to the last that is shown.
    """
    words = literal_words(results.query)
    _, ids = lookups.find(viewer, results.query, words, limit=MAX_UNINDEXED, pinned=same)
    snapshot = search.index.snapshot()
    indexed = set(snapshot.pages[snapshot.live].tolist()) if snapshot else set()
    lacking = [page_id for page_id in ids if page_id not in indexed]
    if results.is_miss and lacking:  # results that are only guesses
        results = Results(results.query, state=results.state, progress=results.progress)
    held = {hit.page_id: hit.held for hit in results.hits}
    pairs = zip_longest(held, lacking)
    in_turns = [page_id for pair in pairs for page_id in pair if page_id is not None]
    order = sorted(in_turns, key=lambda page_id: page_id not in same)[shown]
    ours = {page_id: held[page_id] for page_id in order if page_id in held}
    others = dict.fromkeys(page_id for page_id in order if page_id not in held)
    rows = _rows(lookups, viewer, ours, results.marker)
    rows += _rows(lookups, viewer, others, Marker({}, set(map(fold, words))))
    by_id = {row.page.id: row for row in rows}
    found = [by_id[page_id] for page_id in order if page_id in by_id]
    return Listing(results, results.total + len(lacking), found, is_from_database=not held)


def _from_database(
    lookups: PageLookups, viewer: Viewer, results: Results, same: Sequence[int], shown: slice
) -> Listing:
    words = literal_words(results.query)
    total, ids = lookups.find(
        viewer,
        results.query,
        words,
        limit=shown.stop - shown.start,
        offset=shown.start,
        pinned=same,
    )
    marker = Marker({}, set(map(fold, words)))
    rows = _rows(lookups, viewer, dict.fromkeys(ids), marker)
    # No corrections, facets or shorter queries: the index lacks these pages.
    kept = Results(results.query, state=results.state, progress=results.progress)
    return Listing(kept, total, rows, is_from_database=True)


def _rows(
    lookups: PageLookups,
    viewer: Viewer,
    held: Mapping[int, frozenset[str] | None],
    marker: Marker,
) -> list[SearchResult]:
    """The results for the pages in `held`, in order; each with the terms it is known to contain."""
    if not held:
        return []
    rows = lookups.rows(viewer, list(held))
    return [
        _found(row, marker, terms) for page_id, terms in held.items() if (row := rows.get(page_id))
    ]


def _found(row: FoundPage, marker: Marker, held: frozenset[str] | None) -> SearchResult:
    snippet = marker.snippet(row.sections, held)
    # Many texts begin with their title, which would be of no use as a heading.
    heading = "" if fold(snippet.heading) == fold(row.title) else snippet.heading
    return SearchResult(row, marker.mark(row.title), marker.mark(heading), snippet)
