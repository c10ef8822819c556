"""Shorter queries to suggest when one finds nothing."""

from dataclasses import dataclass

import numpy as np

from wiki.search.index.snapshot import Snapshot
from wiki.search.query.matching import Mask
from wiki.search.query.model import Query
from wiki.search.query.parser import parse
from wiki.search.query.spelling import Speller
from wiki.search.query.units import QueryUnit, without_units
from wiki.search.ranking.engine import count_matches

MAX_RELAXED_UNITS = 10  # units; longer queries were pasted and are not relaxed


@dataclass(frozen=True, slots=True)
class RelaxedQuery:
    """A query with fewer words, and the number of pages that it finds."""

    text: str
    total: int


def relax(snapshot: Snapshot, query: Query, visible: Mask, speller: Speller) -> RelaxedQuery | None:
    """Remove the rarest word or filter, then the next, until the query finds something.

    `None` if it never does.
    """
    text, units = query.text, query.units
    if not 1 < len(units) <= MAX_RELAXED_UNITS or not np.any(visible):
        return None

    def found_for(words: str) -> int:
        return count_matches(snapshot, parse(words), visible, speller)

    def total_alone(unit: QueryUnit) -> tuple[int, bool]:
        return found_for(text[unit.start : unit.end]), not unit.field

    rarest_first = sorted((unit for unit in units if not unit.is_or), key=total_alone)
    taken = [unit for unit in units if unit.is_or]
    for unit in rarest_first[:-1]:
        taken = sorted((*taken, unit))
        rest = without_units(text, taken)
        if total := found_for(rest):
            return RelaxedQuery(rest, total)
    return None
