"""Resolves conflicts overlap by overlap. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from wiki.letters import with_line_feeds
from wiki.pages.budget import Budget, escaped_size
from wiki.pages.diffing.diff import MARK_HTML_SIZE, Span, mark_changes
from wiki.pages.merging.merge import Hunk, MergeResult

ResolutionChoice = Literal["mine", "theirs", "both", "base", "own"]
OVERLAP_HTML_SIZE = 3_000  # bytes of HTML around the texts of an overlap
RESOLUTION_CHOICES: tuple[ResolutionChoice, ...] = ("mine", "theirs", "both", "base", "own")


@dataclass(frozen=True, slots=True)
class Resolution:
    """The choice for one conflict; `own` is the text that the person wrote instead."""

    choice: ResolutionChoice
    own: str = ""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Lines that both sides changed, with the changes of each side marked."""

    base: str
    mine: list[tuple[Span, ...]]
    theirs: list[tuple[Span, ...]]
    mine_source: str  # without marks, for editing


def overlaps(merge: MergeResult, budget: Budget) -> list[Overlap]:
    """The conflicts of `merge`, in order, as many as fit `budget`."""
    found: list[Overlap] = []
    for hunk in merge.conflicts:
        base, mine, theirs = ("".join(side) for side in (hunk.base, hunk.mine, hunk.theirs))
        # Mine is shown twice: with marks, and for editing.
        texts = sum(map(escaped_size, (base, mine, mine, theirs)))
        if not budget.take_size(OVERLAP_HTML_SIZE + texts):
            break
        overlap = Overlap(base, _marked(base, mine, budget), _marked(base, theirs, budget), mine)
        found.append(overlap)
        budget.take_size(MARK_HTML_SIZE * _count_marks(overlap))
    return found


def _marked(base: str, text: str, budget: Budget) -> list[tuple[Span, ...]]:
    return mark_changes(base.removesuffix("\n"), text.removesuffix("\n"), budget) if text else []


def _count_marks(overlap: Overlap) -> int:
    lines = (*overlap.mine, *overlap.theirs)
    return sum(is_marked for spans in lines for _, is_marked in spans)


def read_resolutions(form: Mapping[str, str], count: int) -> list[Resolution] | None:
    """The choices in a form with the fields `choice-0`, `own-0` …; `None` if one is missing.

    Also `None` if there are more than `count`: one of the texts has been erased since, so the
    choices are about other texts.
    """
    if f"choice-{count}" in form:
        return None
    found: list[Resolution] = []
    for number in range(count):
        chosen = form.get(f"choice-{number}", "")
        choice = next((known for known in RESOLUTION_CHOICES if known == chosen), None)
        if choice is None:
            return None
        own = with_line_feeds(form.get(f"own-{number}", ""))
        found.append(Resolution(choice, own))
    return found


def resolve_conflicts(merge: MergeResult, resolutions: Sequence[Resolution]) -> str:
    """The text of `merge` with its conflicts resolved, in order.

    Raises `ValueError` if the numbers of resolutions and conflicts differ.
    """
    chosen = iter(resolutions)
    if len(resolutions) != len(merge.conflicts):
        raise ValueError(f"{len(resolutions)} choices for {len(merge.conflicts)} conflicts")
    text = "".join(
        _resolved(hunk, next(chosen)) if hunk.kind == "conflict" else "".join(hunk.merged)
        for hunk in merge.hunks
    )
    return text if merge.ends_line else text.removesuffix("\n")


def _resolved(hunk: Hunk, resolution: Resolution) -> str:
    match resolution.choice:
        case "mine":
            return "".join(hunk.mine)
        case "theirs":
            return "".join(hunk.theirs)
        case "both":
            return "".join((*hunk.theirs, *hunk.mine))
        case "base":
            return "".join(hunk.base)
        case "own":
            own = resolution.own
            return own if not own or own.endswith("\n") else own + "\n"
