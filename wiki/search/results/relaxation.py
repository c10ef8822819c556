"""What to ask instead of a query that finds nothing."""

from dataclasses import dataclass

import numpy as np

from wiki.search.index.snapshot import Snapshot
from wiki.search.query.matching import Mask
from wiki.search.query.parser import QueryUnit, parse, query_units, without
from wiki.search.query.spelling import Speller
from wiki.search.ranking.engine import count_matches

MAX_RELAXED_UNITS = 10  # of a query; a longer one was pasted


@dataclass(frozen=True, slots=True)
class RelaxedQuery:
    """A query with fewer words, and how much it finds."""

    text: str
    total: int


def relax(snapshot: Snapshot, text: str, visible: Mask, speller: Speller) -> RelaxedQuery | None:
    """The query without its rarest word or filter, then without the next, until it finds some."""
    parts = query_units(text)
    if not 1 < len(parts) <= MAX_RELAXED_UNITS or not np.any(visible):
        return None

    def found_for(words: str) -> int:
        return count_matches(snapshot, parse(words), visible, speller)

    def own(piece: QueryUnit) -> tuple[int, bool]:
        return found_for(text[piece.start : piece.end]), not piece.field

    rarest_first = sorted((part for part in parts if not _is_or(text, part)), key=own)
    taken = [part for part in parts if _is_or(text, part)]
    for part in rarest_first[:-1]:
        taken = sorted((*taken, part))
        rest = without(text, taken)
        if total := found_for(rest):
            return RelaxedQuery(rest, total)
    return None


def _is_or(text: str, part: QueryUnit) -> bool:
    return text[part.start : part.end] == "OR"
