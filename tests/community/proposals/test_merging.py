"""What is accepted is the three-way merge, whatever happened to the page meanwhile."""

from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from wiki.community.proposals.deciding.accepting import PartConflict, accept
from wiki.community.proposals.deciding.hunks import hunks, take_hunks
from wiki.community.proposals.proposing.parts import ProposedPage
from wiki.community.proposals.proposing.propose import propose, withdraw
from wiki.database import db
from wiki.pages.merging.merge import merge_texts
from wiki.pages.writing.content import Content
from wiki.pages.writing.revision_store import load_content
from wiki.pages.writing.write import Edit, create_page, save_edit

lines = st.lists(
    st.sampled_from(["one", "two", "three", "four five six", "", "- item"]), max_size=8
)
texts = st.one_of(lines.map(lambda parts: "\n".join(parts) + "\n"), st.text(max_size=30))


@settings(
    max_examples=settings.default.max_examples // 3,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(base=texts, mine=texts, theirs=st.lists(texts, max_size=3))
def test_accepting_is_the_merge(
    context: Any, make_user: Any, viewer_of: Any, *, base: str, mine: str, theirs: list[str]
) -> None:
    selam, dawit = (
        db.session.merge(make_user(name, role=role))
        for name, role in (("selam", "reader"), ("dawit", "mentor"))
    )
    page = create_page(Content("A page", base), by=dawit, path=f"p{_count()}")
    kept = load_content(db.session(), page.page_id, 1)
    if kept.text == load(mine):
        return
    proposed = ProposedPage(Content("A page", mine), page_id=page.page_id, base_revision=1)
    id_ = propose([proposed], by=selam, viewer=viewer_of(selam))
    for number, text in enumerate(theirs, start=1):
        now = save_edit(page.page_id, Edit(Content("A page", text), None or number), by=dawit)
        if now.is_unchanged:
            break
    current = load_content(db.session(), page.page_id, _revision(page.page_id))
    merge = merge_texts(kept.text, load(mine), current.text)
    try:
        accept(id_, by=dawit, viewer=viewer_of(dawit), version=1)
    except PartConflict:
        assert not merge.is_clean
        assert load_content(db.session(), page.page_id, _revision(page.page_id)) == current
        withdraw(id_, by=db.session.merge(selam))
    else:
        assert merge.is_clean
        written = load_content(db.session(), page.page_id, _revision(page.page_id))
        assert written.text == merge.text


def load(text: str) -> str:
    from wiki.pages.writing.text_store import clean_text

    return clean_text(text)


def _revision(page_id: int) -> int:
    from wiki.pages.models import Page

    found: int = db.session.scalar(db.select(Page.revision_count).where(Page.id == page_id))
    return found


_numbers = iter(range(1_000_000))


def _count() -> int:
    return next(_numbers)


@given(before=texts, after=texts)
def test_all_hunks_are_the_new_text_and_none_the_old(before: str, after: str) -> None:
    found = hunks(before, after)
    assert take_hunks(before, after, range(len(found))) == after
    assert take_hunks(before, after, ()) == before


@given(before=texts, after=texts, data=st.data())
def test_what_is_left_out_can_be_taken_later(before: str, after: str, data: Any) -> None:
    found = hunks(before, after)
    chosen = data.draw(st.sets(st.sampled_from(range(len(found))))) if found else set()
    taken = take_hunks(before, after, chosen)
    for number, hunk in enumerate(found):
        if number in chosen and hunk.after:
            assert hunk.after in taken
