"""Which revision each line of a page comes from. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from time import monotonic

from wiki.pages.budget import Budget, escaped_size
from wiki.pages.diffing.lcs import MAX_TOKENS, common_blocks

TIME_LIMIT = 0.5  # seconds; the whole response stays under one
MAX_LINES = MAX_TOKENS  # no more are compared, so no more are reported
RUN_HTML_SIZE = 700  # bytes of HTML around the lines of one revision

RestoredText = tuple[int, str]  # number and text of a restored revision


@dataclass(frozen=True, slots=True)
class BlamedLine:
    """A line and the revision that introduced it; if `is_earlier`, maybe an earlier one did."""

    text: str
    number: int
    is_earlier: bool = False


@dataclass(slots=True)
class _Suspect:
    """A revision that may have introduced lines of the newest text.

    `places` maps the index of each such line here to its index in the newest text.
    """

    number: int
    lines: list[str]
    places: dict[int, int]


@dataclass(slots=True)
class _Origins:
    """The origins of the lines of the newest text that are known so far, by line index."""

    numbers: list[int]
    unsettled: set[int] = field(default_factory=set)

    def pass_blame(self, newer: _Suspect, older: _Suspect, *, is_relinked: bool = False) -> None:
        """Pass the lines that both texts contain from `newer` on to `older`.

        If only link targets were rewritten in between, all lines count as the same.
        """
        uncommon = max(len(newer.lines), len(older.lines))
        blocks = [(0, 0, uncommon)]
        if not is_relinked or len(newer.lines) != len(older.lines):
            blocks = common_blocks(older.lines, newer.lines)
        for at_older, at_newer, length in blocks:
            uncommon -= length
            for i in range(length):
                place = newer.places.pop(at_newer + i, None)
                if place is not None:
                    self.numbers[place] = older.number
                    # If a line is reached in two ways, only one of them is followed.
                    self._unsettle([older.places.get(at_older + i)])
                    older.places[at_older + i] = place
        if uncommon > MAX_TOKENS:  # more than is compared
            self._unsettle(newer.places.values())

    def take_blame(self, suspect: _Suspect, *, is_known: bool) -> None:
        """Attribute the remaining lines to `suspect` or, unless `is_known`, to it or an earlier
        revision.
        """
        if not is_known:
            self._unsettle(suspect.places.values())

    def _unsettle(self, places: Iterable[int | None]) -> None:
        self.unsettled.update(place for place in places if place is not None)


def _restores_nothing(_number: int) -> RestoredText | None:
    return None


def blame(
    revisions: Iterable[tuple[int, str | None]],
    source_of: Callable[[int], RestoredText | None] = _restores_nothing,
    budget: float = TIME_LIMIT,
    *,
    relinked: Collection[int] = (),
) -> list[BlamedLine]:
    """The lines of the newest text, each with the number of the revision that introduced it.

    Returns at most `MAX_LINES` + 1 lines; the extra one says that there are more.

    `revisions` are `(number, text)`, newest first, and are read only as far as needed. The text of
    an erased revision is `None`; its lines may be attributed to the next one. `source_of` gives the
    revision that another one restored: lines that both contain are as old as in the source, and
    other restored lines as old as in the newest earlier text that contains them. Revisions in
    `relinked` changed only link targets, so their lines count as unchanged. After `budget` seconds,
    the remaining lines are attributed to the last revision read, or an earlier one. Never raises.

    Source: the algorithm of git-blame (git’s `blame.c`), which passes lines from a revision to its
    parents. History is linear here; a restored revision is a second parent.
    """
    deadline = monotonic() + budget
    walk = iter(revisions)
    number, text = next(((n, t) for n, t in walk if t is not None), (0, None))
    if text is None:
        return []
    lines = text.split("\n")
    shown = lines[: MAX_LINES + 1]
    origins = _Origins([number] * len(shown))
    newest = _Suspect(number, lines, {i: i for i in range(len(shown))})
    _trace(newest, walk, origins, source_of=source_of, relinked=relinked, deadline=deadline)
    return [
        BlamedLine(line, origins.numbers[i], is_earlier=i in origins.unsettled)
        for i, line in enumerate(shown)
    ]


def _trace(
    newer: _Suspect,
    walk: Iterator[tuple[int, str | None]],
    origins: _Origins,
    *,
    source_of: Callable[[int], RestoredText | None],
    relinked: Collection[int],
    deadline: float,
) -> None:
    """Pass the lines of `newer`, the newest text, on to older and older revisions of `walk`."""
    sources: dict[int, _Suspect] = {}  # by number, each older than `newer`
    # Revisions that restored lines which aren't in their source: several edits were undone.
    restored: list[_Suspect] = []
    is_after_gap = False
    while True:
        source = source_of(newer.number) if newer.places else None
        if source is not None and source[0] < newer.number:
            at, source_text = source
            suspect = sources.setdefault(at, _Suspect(at, source_text.split("\n"), {}))
            origins.pass_blame(newer, suspect)
        if not (newer.places or sources or restored) or monotonic() > deadline:
            break
        number, text = next(walk, (0, None))
        if number == 0:
            restored.clear()  # they stood nowhere before
            break
        if text is None:
            is_after_gap = True
            for each in restored:
                origins.take_blame(each, is_known=False)
            continue
        older = sources.pop(number, None)
        if older is None and not (newer.places or restored):
            continue  # everything is older than this one
        older = older or _Suspect(number, text.split("\n"), {})
        is_relinked = newer.number in relinked and number == newer.number - 1
        origins.pass_blame(newer, older, is_relinked=is_relinked)
        for each in restored:
            origins.pass_blame(each, older)
        if newer.places and source is not None:
            restored.append(newer)
        else:
            origins.take_blame(newer, is_known=not is_after_gap)
        restored = [each for each in restored if each.places]
        newer, is_after_gap = older, False
    for suspect in (newer, *sources.values(), *restored):
        origins.take_blame(suspect, is_known=suspect.number == 1)


def group_by_origin(
    lines: Iterable[BlamedLine], budget: Budget | None = None
) -> list[tuple[int, bool, list[str]]]:
    """`(number, is_earlier, lines)` of each run of lines with one origin, as many as `budget`
    allows.

    A blank line belongs to the line above it.
    """
    budget = budget or Budget()
    found: list[tuple[int, bool, list[str]]] = []
    for line in lines:
        origin = (line.number, line.is_earlier)
        is_more = found and (not line.text.strip() or found[-1][:2] == origin)
        if not budget.take_size(escaped_size(line.text) + 1 + (0 if is_more else RUN_HTML_SIZE)):
            break
        if is_more:
            found[-1][2].append(line.text)
        else:
            found.append((*origin, [line.text]))
    return found
