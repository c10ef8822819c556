"""Two people add to one list: no item takes the children of somebody else's."""

from hypothesis import given
from hypothesis import strategies as st

from wiki.pages.merging.merge import merge_texts

SUBTASKS = st.lists(st.sampled_from(["write tests", "review it", "tell others"]), max_size=2)
Outline = list[tuple[str, list[str]]]  # items with their children


@st.composite
def outlines(draw: st.DrawFn) -> tuple[Outline, Outline, Outline]:
    """A list of tasks, and what two people added, with the same children below their items."""
    base = [(f"task {n}", [f"part of {n}"]) for n in range(draw(st.integers(0, 2)))]
    return base, _extended(draw, base, "mine"), _extended(draw, base, "theirs")


def _extended(draw: st.DrawFn, base: Outline, name: str) -> Outline:
    outline = [(item, list(below)) for item, below in base]
    for item, below in outline:
        if draw(st.booleans()):
            below.append(f"{name} below {item}")
    at = draw(st.integers(0, len(outline)))
    added = [(f"{name} {n}", draw(SUBTASKS)) for n in range(draw(st.integers(0, 2)))]
    return [*outline[:at], *added, *outline[at:]]


def _written(outline: Outline) -> str:
    lines = [[f"- {item}", *(f"  - {each}" for each in below)] for item, below in outline]
    return "Plan\n\n" + "".join(f"{line}\n" for item in lines for line in item)


def _read(text: str) -> dict[str, list[str]]:
    outline: dict[str, list[str]] = {}
    for line in text.split("\n")[2:-1]:
        if line.startswith("- "):
            below = outline.setdefault(line[2:], [])
        else:
            below.append(line[4:])
    return outline


@given(outlines())
def test_what_stands_below_an_item_stays_there(outlines: tuple[Outline, Outline, Outline]) -> None:
    base, mine, theirs = outlines
    merge = merge_texts(*map(_written, outlines))
    if merge.is_clean:
        merged = _read(merge.text)
        for outline in (mine, theirs):
            for item, below in outline:
                assert set(below) <= set(merged[item])
        for item, below in merged.items():
            own = [dict(outline).get(item, []) for outline in (base, mine, theirs)]
            assert set(below) <= {each for one in own for each in one}


def test_two_new_items_keep_their_subtasks() -> None:
    bob = "Plan\n- [ ] Export\n  - [ ] write tests\n"
    ann = "Plan\n- [ ] Login form\n  - [ ] write tests\n"
    merge = merge_texts("Plan\n", ann, bob)
    assert merge.is_clean
    assert merge.text == bob + ann.removeprefix("Plan\n")


def test_a_subtask_does_not_move_below_somebody_elses_item() -> None:
    assert not merge_texts("- one\n", "- one\n  - mine\n", "- one\n- theirs\n").is_clean


def test_the_first_items_of_a_list_are_merged_too() -> None:
    merge = merge_texts("Plan\n", "Plan\n\n- mine\n", "Plan\n\n- theirs\n")
    assert merge.text == "Plan\n\n- theirs\n- mine\n"
