"""Accepting some changes of a proposal: the choices offered, and the resulting pages."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from wiki.community.proposals.comparison import (
    Comparison,
    compare_with_now,
    compare_with_revision,
)
from wiki.community.proposals.deciding.hunks import ProposedHunk, hunks, take_hunks
from wiki.community.proposals.errors import NothingTaken
from wiki.community.proposals.models import PartAction
from wiki.community.proposals.proposal_view import PartView, ProposalView
from wiki.community.proposals.proposing.parts import ProposedPage
from wiki.pages.diffing.diff import Diff, diff_texts
from wiki.pages.errors import RevisionErased, RevisionNotFound
from wiki.pages.history.metadata_diff import MetadataChange
from wiki.pages.writing.content import Content
from wiki.web.request_values import parse_number

WHOLE = "page"  # the choice of creating or deleting a page
MOVE = "move"
DETAILS = ("title", "tags", "kind")  # choices beside those of the text


class PageChanged(RuntimeError):
    """A page has another revision than the one for which changes were chosen."""


@dataclass(frozen=True, slots=True)
class OfferedHunk:
    """A change of the text that can be chosen, with its diff by words."""

    choice: str
    hunk: ProposedHunk
    diff: Diff


@dataclass(frozen=True, slots=True)
class OfferedPart:
    """The choices of one part; a new page or a deletion can only be taken as a whole.

    `onto` is the page's revision to which the changes apply. `whole` is the choice that can't be
    split: creating or deleting the page, or a new path.
    """

    part: PartView
    onto: int | None
    hunks: Sequence[OfferedHunk] = ()
    details: Sequence[tuple[str, Sequence[MetadataChange]]] = ()
    whole: str = ""

    @property
    def choices(self) -> list[str]:
        """The values of all its check boxes, in the order in which they are shown."""
        changes = [*(each.choice for each in self.hunks), *(choice for choice, _ in self.details)]
        return [self.whole, *changes] if self.whole else changes


def offer(view: ProposalView) -> list[OfferedPart]:
    """The choices of a proposal, part by part. Its pages must be available."""
    return [_offered(part) for part in view.parts]


def _offered(part: PartView, onto: int | None = None) -> OfferedPart:
    """The choices of a part now, or those when its page was at revision `onto`."""
    page = part.part.page
    if page is None:
        return OfferedPart(part, None, whole=f"{part.number}.{WHOLE}")
    if part.action == PartAction.DELETE:
        return OfferedPart(part, onto or page.revision_count, whole=f"{part.number}.{WHOLE}")
    compared = compare_with_revision(part.part, page, onto or page.revision_count)
    shown = [
        OfferedHunk(f"{part.number}.{number}", hunk, diff_texts(hunk.before, hunk.after))
        for number, hunk in enumerate(hunks(compared.before.text, compared.after.text))
    ]
    move = f"{part.number}.{MOVE}" if part.action == PartAction.RENAME else ""
    return OfferedPart(part, compared.number, shown, list(_details(part, compared)), move)


def _details(part: PartView, compared: Comparison) -> Sequence[tuple[str, list[MetadataChange]]]:
    """Differences beside the text; kind and fields are one choice, as they depend on each other."""
    found: dict[str, list[MetadataChange]] = {}
    for change in compared.details():
        name = change.name if change.name in DETAILS else "kind"
        found.setdefault(f"{part.number}.{name}", []).append(change)
    return list(found.items())


def check_seen(offered: Sequence[OfferedPart], sent: Mapping[str, str]) -> None:
    """Check that a form's choices were made for what is offered now. Raises `PageChanged`."""
    for each in offered:
        if each.onto is not None and sent.get(f"onto-{each.part.number}") != str(each.onto):
            raise PageChanged


def chosen_again(
    offered: Sequence[OfferedPart], sent: Mapping[str, str], chosen: Collection[str]
) -> set[str]:
    """Translate choices that were made before pages changed into the current ones."""
    found: set[str] = set()
    for each in offered:
        onto = parse_number(sent.get(f"onto-{each.part.number}"))
        if each.onto is None or onto == each.onto:
            found.update(set(each.choices) & set(chosen))
            continue
        with suppress(RevisionNotFound, RevisionErased):
            before = _offered(each.part, onto)
            meant = {key for key, choice in _meanings(before).items() if choice in chosen}
            found.update(choice for key, choice in _meanings(each).items() if key in meant)
    return found


def _meanings(offered: OfferedPart) -> dict[object, str]:
    """The choices of a part by what they change; identical changes are told apart by order."""
    seen: Counter[tuple[str, str]] = Counter()
    named = [offered.whole, *(choice for choice, _ in offered.details)]
    found: dict[object, str] = {choice: choice for choice in named if choice}
    for each in offered.hunks:
        change = (each.hunk.before, each.hunk.after)
        found[(*change, seen[change])] = each.choice
        seen[change] += 1
    return found


def select_hunks(
    offered: Sequence[OfferedPart], chosen: Collection[str], *, has_files: bool = False
) -> tuple[list[ProposedPage], list[int]]:
    """The pages to write with only the chosen changes, and the numbers of parts to leave out.

    Parts with all changes chosen stay as they are. With `has_files`, changes of files are accepted,
    so existing pages stay in the proposal even if unchanged. Raises `NothingTaken`.
    """
    pages, left_out = [], []
    for each in offered:
        taken = [choice for choice in each.choices if choice in chosen]
        if not taken and has_files and not each.choices:
            continue
        if not taken and has_files and _is_edit(each):
            pages.append(replace(_taken(each, ()), is_for_files=True))
        elif not taken:
            left_out.append(each.part.number)
        elif len(taken) < len(each.choices):
            pages.append(_taken(each, chosen))
    if len(left_out) == len(offered):
        raise NothingTaken
    return pages, left_out


def _is_edit(offered: OfferedPart) -> bool:
    return offered.onto is not None and offered.part.action != PartAction.DELETE


def _taken(offered: OfferedPart, chosen: Collection[str]) -> ProposedPage:
    part = offered.part.part
    assert part.page is not None, "a new page is taken as a whole"  # noqa: S101
    compared = compare_with_now(part, part.page)
    numbers = {number for number, each in enumerate(offered.hunks) if each.choice in chosen}
    now, then = compared.before, compared.after
    content: Content = replace(now, text=take_hunks(now.text, then.text, numbers))
    for name in DETAILS:
        if f"{part.number}.{name}" in chosen:
            content = replace(content, **{name: getattr(then, name)})
            if name == "kind":
                content = replace(content, fields=then.fields)
    path = part.path if offered.whole in chosen else None
    return ProposedPage(content, part.page_id, compared.number, path)
