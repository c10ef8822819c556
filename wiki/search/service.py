"""The interface of search: one `Search` per application, shared by its threads."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from wiki.app_state import AppState
from wiki.search.index.audience import as_seen
from wiki.search.index.index_reader import IndexReader, Progress
from wiki.search.index.snapshot import Snapshot
from wiki.search.meaning.meaning import Meaning
from wiki.search.meaning.score_fusion import asks_in_words, fuse
from wiki.search.miss_log import MissedSearches
from wiki.search.open_log import OpenedPages
from wiki.search.position import Position
from wiki.search.query.matching import Mask
from wiki.search.query.model import Query
from wiki.search.query.parser import parse
from wiki.search.query.spelling import Speller
from wiki.search.query_log import FrequentQueries
from wiki.search.ranking.engine import Evaluation, evaluate, required_mask
from wiki.search.ranking.scoring import CORRECTION_SHARE, top_k
from wiki.search.ranking.tie_break import rank
from wiki.search.results.facets import Facet, facets
from wiki.search.results.relaxation import RelaxedQuery, relax
from wiki.search.results.snippets import Marker
from wiki.search.synonym_page import ReadText, SynonymPage

log = logging.getLogger(__name__)

# Errors that reading may raise if files are damaged while they are mapped.
_DAMAGE = (ArithmeticError, LookupError, ValueError, OSError, MemoryError)

# Returns the ids of pages that changed after a position and that the viewer may not see.
HiddenPages = Callable[[Position], Collection[int]]
# Returns the mask of documents that the viewer may find by the access rules; `None` for all.
VisibleFilter = Callable[[Snapshot], NDArray[np.bool_] | None]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hit:
    """A result; `held` are the highlighted terms that it contains, according to the index."""

    page_id: int
    score: float
    held: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Correction:
    """The query as it was probably meant; `is_applied` if the original finds nothing."""

    text: str
    is_applied: bool


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a search.

    `state`: "ready"; "building" if the index doesn't contain all pages yet; or the reason why it
    can't answer: "rebuilding" or "missing". `is_loosened`: no page contains the phrases; these
    contain some of their words. `is_guessed`: no page contains any of the content words, only
    similar ones. `near`: the number of results that contain none of the words, but have a similar
    meaning. `progress`: that of an index being built.
    """

    query: Query
    total: int = 0
    hits: tuple[Hit, ...] = ()
    # Highlights the words that were found.
    marker: Marker = field(default_factory=lambda: Marker({}))
    state: str = "ready"
    correction: Correction | None = None
    facets: tuple[Facet, ...] = ()
    relaxed: RelaxedQuery | None = None
    is_loosened: bool = False
    is_guessed: bool = False
    near: int = 0
    progress: Progress | None = None

    @property
    def is_near(self) -> bool:
        """Whether no page contains any of the words, but some have a similar meaning."""
        return 0 < self.total == self.near

    @property
    def is_miss(self) -> bool:
        """Whether the query found nothing, or only something similar."""
        is_corrected = self.correction is not None and self.correction.is_applied
        is_other = self.is_loosened or self.is_guessed or self.is_near
        return not self.total or is_corrected or is_other


class Search:
    """Answers queries from the index in `root`; with `meaning`, also by similar meaning.

    Thread-safe.
    """

    def __init__(self, root: Path, meaning: Meaning | None = None) -> None:
        self.root = root
        self.meaning = meaning
        self.frequent = FrequentQueries(root)
        self.misses = MissedSearches(root)
        self.opened = OpenedPages(root)
        self.index = IndexReader(root)
        self.synonym_page = SynonymPage()

    def search(
        self,
        text: str,
        *,
        first: int = 0,
        count: int = 20,
        by_date: bool = False,
        hidden: HiddenPages | None = None,
        allowed: VisibleFilter | None = None,
        read_text: ReadText | None = None,
        pinned: Sequence[int] = (),
        about: str = "",
    ) -> Results:
        """The hits from rank `first` to `first + count`, and the total.

        `by_date`: most recently changed first. `read_text` reads the page of synonyms. The pages
        `pinned` come first, in this order, unless filters exclude them. `about`: a text whose
        meaning counts, for a query of more than plain words. Never raises: if the index can't
        answer, `state` says why.
        """
        query = parse(text)
        snapshot = self.index.snapshot()
        if snapshot is None:
            state = self.index.unavailable_state()
            return Results(query, state=state, progress=self.index.progress())
        progress = self.index.progress()
        state = "building" if progress and progress.is_first else "ready"
        if query.is_empty:
            return Results(query, state=state, progress=progress)
        try:
            visible = self.visible(snapshot, hidden, allowed)
            synonyms = self.synonym_page.synonyms(snapshot, visible, read_text)
            speller = Speller(as_seen(snapshot, visible), visible, synonyms)
            meaning = None if by_date else self.meaning
            shown = slice(first, first + count)
            found = _answer(
                query, speller, pinned, shown, by_date=by_date, meaning=meaning, about=about
            )
            return replace(found, state=state, progress=progress) if progress else found
        except _DAMAGE:
            self._report_damage()
            return Results(query, state="rebuilding")

    def read(self, answer: Callable[[Snapshot], T]) -> T | None:
        """Call `answer` with the newest snapshot; `None` if there is no index, or it is damaged."""
        try:
            snapshot = self.index.snapshot()
            return None if snapshot is None else answer(snapshot)
        except _DAMAGE:
            self._report_damage()
            return None

    def _report_damage(self) -> None:
        log.exception("the index failed; it is checked, and answers come from the database")
        self.index.request_check()

    @staticmethod
    def visible(
        snapshot: Snapshot, hidden: HiddenPages | None, allowed: VisibleFilter | None
    ) -> NDArray[np.bool_]:
        """The mask of documents that may be found: live, allowed, and not hidden since."""
        visible = snapshot.live
        if hidden is not None:
            visible = snapshot.without(np.fromiter(hidden(snapshot.position), np.int64))
        mask = allowed(snapshot) if allowed else None
        return visible if mask is None else visible & mask


SEARCH = AppState[Search]("search")


def _answer(
    query: Query,
    speller: Speller,
    pinned: Sequence[int],
    shown: slice,
    *,
    by_date: bool,
    meaning: Meaning | None,
    about: str,
) -> Results:
    snapshot, visible = speller.snapshot, speller.visible
    is_pinned = np.isin(snapshot.pages, pinned) & visible if pinned else None
    found = evaluate(snapshot, query, visible, speller, is_pinned)
    found, correction = _corrected(snapshot, found, visible, speller)
    is_loosened = False
    if not found.has_matches and (loosened := query.loosened()) != query:
        loose = evaluate(snapshot, loosened, visible, speller)
        if is_loosened := loose.has_matches:
            found = loose
    near = 0
    # A page that is named or quoted is wanted itself, rather than others on the subject.
    is_known = found.is_named or found.is_quoted
    if meaning and (about or (not is_known and asks_in_words(query))):
        meant = about or (correction.text if correction else query.text)
        near = _add_meaning(snapshot, found, visible, meaning, meant)
    total = int(np.count_nonzero(found.matched))
    top = _top(snapshot, found, visible, pinned, shown, by_date=by_date)
    return Results(
        query,
        total,
        _hits(snapshot, found, top),
        Marker(found.terms, found.prefixes),
        correction=correction,
        facets=facets(snapshot, found, visible) if total or found.without else (),
        relaxed=None if total else relax(snapshot, query, visible, speller),
        is_loosened=is_loosened,
        is_guessed=found.is_guessed,
        near=near,
    )


def _add_meaning(
    snapshot: Snapshot, found: Evaluation, visible: Mask, meaning: Meaning, text: str
) -> int:
    """Mix similarity into the scores; returns how many results have none of the words."""
    allowed = required_mask(snapshot, found.query, visible)
    nearest = meaning.nearest(snapshot, text, allowed)
    return fuse(found, *nearest, meaning.waiting(snapshot)) if nearest is not None else 0


def _top(
    snapshot: Snapshot,
    found: Evaluation,
    visible: Mask,
    pinned: Sequence[int],
    shown: slice,
    *,
    by_date: bool,
) -> NDArray[np.intp]:
    """The documents in the range of ranks `shown`, pinned ones before all others."""
    documents = [np.flatnonzero(found.matched & (snapshot.pages == page)) for page in pinned]
    ahead = np.concatenate(documents) if documents else np.empty(0, np.intp)
    first, end = (max(0, rank - len(ahead)) for rank in (shown.start, shown.stop))
    if len(ahead):
        is_other = found.matched.copy()
        is_other[ahead] = False
        found = replace(found, matched=is_other)
    if first == end:
        return ahead[shown]
    if by_date:
        top = top_k(np.zeros(snapshot.size), snapshot.times, found.matched, first, end - first)
    else:
        top = rank(snapshot, found, visible, first, end - first)
    return np.concatenate((ahead[shown], top)) if len(ahead) else top


def _corrected(
    snapshot: Snapshot, found: Evaluation, visible: Mask, speller: Speller
) -> tuple[Evaluation, Correction | None]:
    """Evaluate the corrected query, if there is one; returns the result and the correction.

    If the query as typed finds nothing, the corrected one replaces it; otherwise it only affects
    the ranking.
    """
    better = None if found.is_named else speller.correct(found.query)
    if better is None:
        return found, None
    meant = evaluate(snapshot, parse(better.text), visible, speller)
    if not meant.has_matches:
        return found, None
    if found.is_guessed or not found.has_matches:
        return meant, Correction(better.text, is_applied=True)
    if not better.is_slip:
        np.maximum(found.scores, CORRECTION_SHARE * meant.scores, out=found.scores)
        if not found.without:
            found.matched |= meant.matched
    return found, Correction(better.text, is_applied=False)


def _hits(snapshot: Snapshot, found: Evaluation, top: NDArray[np.intp]) -> tuple[Hit, ...]:
    terms, documents = list(found.terms), np.sort(top)
    held: dict[int, list[str]] = {document: [] for document in top.tolist()}
    for _, whose, owners, _ in snapshot.postings_in(terms, documents):
        for number, document in zip(whose.tolist(), documents[owners].tolist(), strict=True):
            held[document].append(terms[number])
    return tuple(
        Hit(int(snapshot.pages[document]), float(found.scores[document]), frozenset(has))
        for document, has in held.items()
    )
