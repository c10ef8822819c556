"""Facets: counts of results by kind, tag, date and so on, with queries that narrow them."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from wiki.search.documents import label_key
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.dates import parse_date
from wiki.search.query.matching import Mask
from wiki.search.query.units import QueryUnit, split_query, with_filter, without_units
from wiki.search.ranking.engine import Evaluation

MAX_FACET_VALUES = 8  # values of a facet that are listed: the most frequent ones
# Chosen values of a facet that are listed, each with a link as long as the query.
MAX_CHOSEN_VALUES = 32
LABEL_FACETS = ("kind", "status", "tag", "author")
CHOICE_FIELD = "field"  # the query field behind facets of fields with choices
# A page may have several values, so that several can be required.
MULTI_VALUED = (
    "tag",
    CHOICE_FIELD,
)
# Ranges of the last change.
DATE_FIELDS = ("after", "before")
DATE_CHOICES = (("after", "7d"), ("after", "30d"), ("after", "1y"), ("before", "1y"))


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet; `choice` is the argument of `toggle_filter`."""

    name: str
    choice: str
    count: int
    is_chosen: bool
    compose: Callable[[], str]

    @property
    def text(self) -> str:
        """The query with this value toggled; composed on demand."""
        return self.compose()


@dataclass(frozen=True, slots=True)
class Facet:
    """`field`: "kind", "status", "tag", "author", "changed", or "field:" and a name."""

    field: str
    values: tuple[FacetValue, ...]

    @property
    def is_chosen(self) -> bool:
        """Whether the query filters by one of its values."""
        return any(value.is_chosen for value in self.values)


def facets(snapshot: Snapshot, found: Evaluation, visible: Mask) -> tuple[Facet, ...]:
    """The facets of the results among `visible` documents.

    Facets that would not narrow the results are left out.
    """
    text, typed = found.query.text, _filters(found.query.units)
    made = [_label_facet(snapshot, field, text, typed, found) for field in LABEL_FACETS]
    made += _choice_facets(snapshot, visible, text, typed, found)
    made.append(_date_facet(snapshot, text, typed, found))
    return tuple(facet for facet in made if _is_useful(facet, found))


def toggle_filter(text: str, choice: str) -> str:
    """The query with a value such as "kind:guide" added, or removed if it has it already."""
    text = " ".join(text.split())
    field, _, value = choice.partition(":")
    if field not in (*LABEL_FACETS, CHOICE_FIELD, *DATE_FIELDS) or not value.strip():
        return text
    fields = DATE_FIELDS if field in DATE_FIELDS else (field,)
    own = [unit for unit in _filters(split_query(text)) if unit.field in fields]
    return _toggle(text, own, field, value)


def _filters(units: Iterable[QueryUnit]) -> list[QueryUnit]:
    return [unit for unit in units if unit.field and not unit.is_excluded]


def _toggle(text: str, own: Collection[QueryUnit], field: str, value: str) -> str:
    """The query with a filter toggled; `own` are its units of the same facet."""
    key = label_key(value)
    chosen = [unit for unit in own if unit.field == field and label_key(unit.value) == key]
    if chosen:
        return without_units(text, chosen)
    return with_filter(without_units(text, () if field in MULTI_VALUED else own), field, value)


def _is_useful(facet: Facet, found: Evaluation) -> bool:
    total = int(np.count_nonzero(found.matched))
    return facet.is_chosen or any(0 < value.count < total for value in facet.values)


def _label_facet(
    snapshot: Snapshot, field: str, text: str, typed: list[QueryUnit], found: Evaluation
) -> Facet:
    own = [unit for unit in typed if unit.field == field and field in found.without]
    chosen = {label_key(unit.value): unit for unit in own}
    mask = found.matched if field in MULTI_VALUED else found.without.get(field, found.matched)
    terms, documents, owners = snapshot.labels(field)
    held = np.bincount(owners[mask.take(documents)], minlength=len(terms))
    counts = {terms[number]: int(held[number]) for number in _most_frequent(held, MAX_FACET_VALUES)}
    # List every chosen value, or it would be revealed whether a hidden page has it.
    counts |= {name: int(held[terms.index(name)]) if name in terms else 0 for name in chosen}
    names = sorted(counts, key=lambda name: (name not in chosen, -counts[name], name))[
        :MAX_FACET_VALUES
    ]
    others = [name for name in chosen if name not in names]
    names += others[: MAX_CHOSEN_VALUES - MAX_FACET_VALUES]
    values = (
        FacetValue(
            name,
            f"{field}:{name}",
            counts.get(name, 0),
            name in chosen,
            partial(_toggle, text, own, field, name),
        )
        for name in names
    )
    return Facet(field, tuple(values))


def _choice_facets(
    snapshot: Snapshot, visible: Mask, text: str, typed: list[QueryUnit], found: Evaluation
) -> list[Facet]:
    """The facets of fields with choices.

    For each field that a result has, or that the query filters by if a visible page has it. Hidden
    pages are ignored, so that nothing about them is revealed.
    """
    own = [unit for unit in typed if unit.field == CHOICE_FIELD and CHOICE_FIELD in found.without]
    chosen = {label_key(unit.value) for unit in own}
    terms, documents, owners = snapshot.labels("choice")
    held = np.bincount(owners[found.matched.take(documents)], minlength=len(terms))
    if chosen:
        chosen &= {terms[owner] for owner in set(owners[visible.take(documents)].tolist())}
    values: dict[str, list[FacetValue]] = {}
    for term, count in zip(terms, held.tolist(), strict=True):
        if count or term in chosen:
            compose = partial(_toggle, text, own, CHOICE_FIELD, term)
            name, _, value = term.partition("=")
            choice = f"{CHOICE_FIELD}:{term}"
            made = FacetValue(value, choice, count, term in chosen, compose)
            values.setdefault(name, []).append(made)
    facets_of = {
        name: sorted(each, key=lambda value: (not value.is_chosen, -value.count, value.name))
        for name, each in sorted(values.items())
    }
    return [
        Facet(f"{CHOICE_FIELD}:{name}", tuple(each[:MAX_FACET_VALUES]))
        for name, each in facets_of.items()
    ]


def _most_frequent(counts: NDArray[np.intp], wanted: int) -> list[int]:
    """The indexes of the `wanted` highest counts, with ties of the last, without zeros."""
    held = np.flatnonzero(counts)
    if len(held) > wanted:
        least = np.partition(counts[held], len(held) - wanted)[len(held) - wanted]
        held = held[counts[held] >= least]
    return held.tolist()


def _date_facet(
    snapshot: Snapshot, text: str, typed: Collection[QueryUnit], found: Evaluation
) -> Facet:
    own = [unit for unit in typed if unit.field in DATE_FIELDS]
    own = own if "changed" in found.without else []
    times = snapshot.times[found.without.get("changed", found.matched)]
    values = []
    for field, ago in DATE_CHOICES:
        span = parse_date(ago)
        assert span  # noqa: S101  # they are dates
        limit = int(span[0].timestamp())
        is_in = times >= limit if field == "after" else times < limit
        is_chosen = any(unit.field == field and unit.value == ago for unit in own)
        count = int(np.count_nonzero(is_in))
        compose = partial(_toggle, text, own, field, ago)
        choice = f"{field}:{ago}"
        values.append(FacetValue(choice, choice, count, is_chosen, compose))
    return Facet("changed", tuple(value for value in values if value.count or value.is_chosen))
