"""Which revision each line of a page comes from. Pure."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from time import monotonic

from wiki.pages.budget import Budget, html_size
from wiki.pages.diffing.lcs import MAX_TOKENS, common_blocks

TIME_LIMIT = 0.5  # seconds; a page's answer stays under one
MAX_LINES = MAX_TOKENS  # lines that are told of; no more are compared either
RUN_HTML_SIZE = 700  # bytes of HTML around the lines of one revision

RestoredText = tuple[int, str]  # number and text of the revision that another one brought back


@dataclass(frozen=True, slots=True)
class BlamedLine:
    """A line and the revision that brought it; `is_earlier` when it may be older than that."""

    text: str
    number: int
    is_earlier: bool = False


@dataclass(slots=True)
class _UnsettledText:
    """A revision's text with those of its lines whose origin is not known yet.

    `places` says for each of them which line of the newest text it became.
    """

    number: int
    lines: list[str]
    places: dict[int, int]


@dataclass(slots=True)
class _Origins:
    """What is known so far of the lines of the newest text, by their places in it."""

    numbers: list[int]
    unsettled: set[int] = field(default_factory=set)

    def follow(
        self, newer: _UnsettledText, older: _UnsettledText, *, is_relinked: bool = False
    ) -> None:
        """Take the lines that both hold from `newer` to `older`.

        Where only links were rewritten in between, they are the same lines in other words.
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
                    # Reached in two ways, only one of them is followed on.
                    self._unsettle([older.places.get(at_older + i)])
                    older.places[at_older + i] = place
        if uncommon > MAX_TOKENS:  # more than is compared
            self._unsettle(newer.places.values())

    def leave(self, text: _UnsettledText, *, is_known: bool) -> None:
        """The lines that are still open in `text` come from there, or perhaps from before."""
        if not is_known:
            self._unsettle(text.places.values())

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
    """The first lines of the first text, each with the number of the revision that brought it.

    `revisions` are `(number, text)`, the newest first; they are read only as far as needed.
    `source_of` gives what a revision brought back: the lines that both hold are as old as there,
    and what else it brought as old as in the newest text before it that holds them. Revisions that
    are `relinked` changed nothing but where links lead: their lines are those of the one before.
    What an erased one brought, whose text is `None`, may be of the next one or of it. After
    `budget` seconds, lines not settled yet are said to be as old as the last one read, or
    older. Never raises on any text.

    Source: the walk of git-blame, by revisions in order, with restored ones as second parents.
    """
    deadline = monotonic() + budget
    walk = iter(revisions)
    number, text = next(((n, t) for n, t in walk if t is not None), (0, None))
    if text is None:
        return []
    lines = text.split("\n")
    shown = lines[: MAX_LINES + 1]
    origins = _Origins([number] * len(shown))
    newer = _UnsettledText(number, lines, {i: i for i in range(len(shown))})
    sources: dict[int, _UnsettledText] = {}  # by number, each older than `newer`
    returned: list[
        _UnsettledText
    ] = []  # with lines that aren't in their source: several edits were undone
    is_gap = False
    while True:
        source = source_of(newer.number) if newer.places else None
        if source is not None and source[0] < newer.number:
            at, source_text = source
            origins.follow(
                newer, sources.setdefault(at, _UnsettledText(at, source_text.split("\n"), {}))
            )
        if not (newer.places or sources or returned) or monotonic() > deadline:
            break
        number, text = next(walk, (0, None))
        if number == 0:
            returned.clear()  # they stood nowhere before
            break
        if text is None:
            is_gap = True
            for back in returned:
                origins.leave(back, is_known=False)
            continue
        older = sources.pop(number, None)
        if older is None and not (newer.places or returned):
            continue  # everything is older than this one
        older = older or _UnsettledText(number, text.split("\n"), {})
        is_relinked = newer.number in relinked and number == newer.number - 1
        origins.follow(newer, older, is_relinked=is_relinked)
        for back in returned:
            origins.follow(back, older)
        if newer.places and source is not None:
            returned.append(newer)
        else:
            origins.leave(newer, is_known=not is_gap)
        returned = [back for back in returned if back.places]
        newer, is_gap = older, False
    for text_at in (newer, *sources.values(), *returned):
        origins.leave(text_at, is_known=text_at.number == 1)
    return [
        BlamedLine(line, origins.numbers[i], is_earlier=i in origins.unsettled)
        for i, line in enumerate(shown)
    ]


def group_by_origin(
    lines: Iterable[BlamedLine], budget: Budget | None = None
) -> list[tuple[int, bool, list[str]]]:
    """`(number, is_earlier, texts)` of lines of one origin, as far as the budget's size goes; a
    blank line belongs to those above."""
    budget = budget or Budget()
    found: list[tuple[int, bool, list[str]]] = []
    for line in lines:
        origin = (line.number, line.is_earlier)
        is_more = found and (not line.text.strip() or found[-1][:2] == origin)
        if not budget.shows(html_size(line.text) + 1 + (0 if is_more else RUN_HTML_SIZE)):
            break
        if is_more:
            found[-1][2].append(line.text)
        else:
            found.append((*origin, [line.text]))
    return found
