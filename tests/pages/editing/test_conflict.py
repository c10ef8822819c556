"""Two people change a page at once: nothing is overwritten, nothing is lost."""

from typing import Any

import pytest

from tests.pages.visible_text import count_revisions, main, raw
from tests.person import Person

BEGUN = "# Redis\n\nIt keeps evrything in memmory.\n\nIt is quick.\n"


@pytest.fixture(autouse=True)
def page(make_page: Any) -> Any:
    return make_page("redis", text=BEGUN, tags=["data"])


def test_it_works(client: Person, selam: Person, dawit: Person) -> None:
    hers, his = selam.open_form("/edit/redis"), dawit.open_form("/edit/redis")
    hers.submit(text=BEGUN.replace("evrything", "everything"))
    answer = his.submit(text=BEGUN.replace("memmory", "memory"))
    assert answer.status_code == 303
    shown = dawit.get("/wiki/redis")
    told = main(shown)
    assert "Saved as revision 3. Merged with selam ’s change from" in told
    assert 'href="/diff/redis?from=1&amp;to=2"' in shown.text
    assert raw(client, "redis") == "# Redis\n\nIt keeps everything in memory.\n\nIt is quick.\n"
    assert "merged" in main(client.get("/history/redis"))


def test_different_paragraphs_are_merged(client: Person, selam: Person, dawit: Person) -> None:
    hers, his = selam.open_form("/edit/redis"), dawit.open_form("/edit/redis")
    hers.submit(text=BEGUN + "\nHers.\n")
    his.submit(text="His.\n\n" + BEGUN)
    assert raw(client, "redis") == "His.\n\n" + BEGUN + "\nHers.\n"


def test_tags_titles_and_kinds_are_merged(client: Person, selam: Person, dawit: Person) -> None:
    hers, his = selam.open_form("/edit/redis"), dawit.open_form("/edit/redis")
    hers.submit(tags="data, hers", title="Redis, a store")
    his.submit(tags="data, his", kind="technology")
    page = client.get("/wiki/redis")
    for tag in ("data", "hers", "his"):
        assert f'href="/tags/{tag}"' in page.text
    assert "Redis, a store" in main(page)
    assert "Technology" in main(page)


def test_a_tag_that_one_took_away_stays_away(client: Person, selam: Person, dawit: Person) -> None:
    hers, his = selam.open_form("/edit/redis"), dawit.open_form("/edit/redis")
    hers.submit(tags="")
    his.submit(tags="data, his")
    page = client.get("/wiki/redis").text
    assert 'href="/tags/his"' in page
    assert 'href="/tags/data"' not in page


def test_the_same_change_of_both_is_one(client: Person, selam: Person, dawit: Person) -> None:
    hers, his = selam.open_form("/edit/redis"), dawit.open_form("/edit/redis")
    hers.submit(text="Alike.\n")
    assert his.submit(text="Alike.\n").status_code == 303
    assert count_revisions(client, "redis") == 2
    assert "You haven’t changed anything" in main(dawit.get("/wiki/redis"))


# Overlaps


@pytest.fixture
def conflict(selam: Person, dawit: Person) -> Any:
    """The answer to the second of two saves that changed the same word."""
    hers, his = selam.open_form("/edit/redis"), dawit.open_form("/edit/redis")
    hers.submit(text=BEGUN.replace("quick", "fast"))
    return his.submit(
        text=BEGUN.replace("quick", "slow"), summary="My view", tags="data, his", minor=True
    )


def test_an_overlap_stores_nothing_and_shows_both(client: Person, conflict: Any) -> None:
    assert conflict.status_code == 409
    assert count_revisions(client, "redis") == 2
    assert raw(client, "redis") == BEGUN.replace("quick", "fast")
    words = main(conflict)
    assert "It is slow." in words
    assert "It is fast." in words
    assert "It is quick." in words
    assert "selam" in words


def test_everything_typed_stands_in_the_form_of_the_conflict(dawit: Person, conflict: Any) -> None:
    form = dawit.form_in(conflict, "/edit/redis")
    assert form.values["text"] == BEGUN.replace("quick", "slow")
    assert form.values["summary"] == "My view"
    assert form.values["minor"] == "y"
    assert form.values["tags"] == "data, his"
    assert form.values["base_revision"] == "2"


def test_the_form_of_the_conflict_saves_onto_the_new_base(
    client: Person, dawit: Person, conflict: Any
) -> None:
    answer = dawit.form_in(conflict, "/edit/redis").submit(text=BEGUN.replace("quick", "both"))
    assert answer.status_code == 303
    assert raw(client, "redis") == BEGUN.replace("quick", "both")
    assert count_revisions(client, "redis") == 3


def test_the_form_of_the_conflict_can_conflict_again(
    client: Person, selam: Person, dawit: Person, conflict: Any
) -> None:
    form = dawit.form_in(conflict, "/edit/redis")
    selam.post_form("/edit/redis", text=BEGUN.replace("quick", "swift"))
    again = form.submit()
    assert again.status_code == 409
    assert "It is swift." in main(again)
    answer = dawit.form_in(again, "/edit/redis").submit()
    assert answer.status_code == 303
    assert raw(client, "redis") == BEGUN.replace("quick", "slow")


def test_what_could_be_merged_stands_in_the_form_too(
    client: Person, selam: Person, dawit: Person
) -> None:
    hers, his = selam.open_form("/edit/redis"), dawit.open_form("/edit/redis")
    hers.submit(text=BEGUN.replace("quick", "fast").replace("# Redis", "# Redis, a store"))
    answer = his.submit(text=BEGUN.replace("quick", "slow"))
    assert answer.status_code == 409
    expected = BEGUN.replace("quick", "slow").replace("# Redis", "# Redis, a store")
    assert dawit.form_in(answer, "/edit/redis").values["text"] == expected


def test_one_deletes_what_the_other_changes(selam: Person, dawit: Person) -> None:
    hers, his = selam.open_form("/edit/redis"), dawit.open_form("/edit/redis")
    hers.submit(text="# Redis\n")
    answer = his.submit(text=BEGUN.replace("It is quick.", "It is very quick indeed."))
    assert answer.status_code == 409
    assert "They removed it." in main(answer) or "It is quick." in main(answer)


def test_texts_in_a_conflict_are_escaped(selam: Person, dawit: Person) -> None:
    hers, his = selam.open_form("/edit/redis"), dawit.open_form("/edit/redis")
    hers.submit(text="</textarea><script>hers()</script>\n", title="<b>Hers</b>")
    answer = his.submit(text="</pre><script>his()</script>\n", title="<b>His</b>")
    assert answer.status_code == 409
    assert "<script>his" not in answer.text
    assert "<script>hers" not in answer.text
    assert "<b>H" not in answer.text


def test_one_person_in_two_tabs_is_two(client: Person, selam: Person) -> None:
    first, second = selam.open_form("/edit/redis"), selam.open_form("/edit/redis")
    first.submit(text=BEGUN.replace("quick", "fast"))
    assert second.submit(text=BEGUN.replace("quick", "slow")).status_code == 409


# Place by place


@pytest.mark.parametrize(
    ("choice", "stands"),
    [
        ("mine", "It is slow.\n"),
        ("theirs", "It is fast.\n"),
        ("both", "It is fast.\nIt is slow.\n"),
        ("base", "It is quick.\n"),
        ("own", "It depends.\n"),
    ],
)
def test_a_place_is_resolved_as_chosen(
    client: Person, dawit: Person, conflict: Any, choice: str, stands: str
) -> None:
    form = dawit.form_in(conflict, "/edit/redis")
    fields = {"action": "resolve", "choice-0": choice, "own-0": "It depends."}
    assert form.submit(**fields).status_code == 303
    assert raw(client, "redis") == BEGUN.replace("It is quick.\n", stands)


def test_a_place_without_a_choice_is_asked_again(
    client: Person, dawit: Person, conflict: Any
) -> None:
    form = dawit.form_in(conflict, "/edit/redis")
    answer = form.submit(**{"action": "resolve", "own-0": "My own words."})
    assert answer.status_code == 422
    assert "Choose a version for each place" in main(answer)
    assert count_revisions(client, "redis") == 2
    again = dawit.form_in(answer, "/edit/redis")
    assert again.values["own-0"] == "My own words."
    assert again.values["summary"] == "My view"
    answer = again.submit(**{"action": "resolve", "choice-0": "own"})
    assert answer.status_code == 303
    assert "My own words." in raw(client, "redis")


def test_a_further_change_leads_to_the_next_round(
    client: Person, selam: Person, dawit: Person, conflict: Any
) -> None:
    form = dawit.form_in(conflict, "/edit/redis")
    selam.post_form("/edit/redis", text=BEGUN.replace("quick", "swift"))
    again = form.submit(**{"action": "resolve", "choice-0": "mine"})
    assert again.status_code == 409
    assert raw(client, "redis") == BEGUN.replace("quick", "swift")
    assert "It is swift." in main(again)
    assert "It is slow." in main(again)


def test_what_was_typed_is_a_draft_meanwhile(dawit: Person, conflict: Any) -> None:
    assert conflict.status_code == 409
    assert "redis" in main(dawit.get("/drafts")).lower()


# Beside the text


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_what_the_other_changed_beside_the_text_stays(
    client: Person, selam: Person, dawit: Person, choice: str
) -> None:
    hers, his = selam.open_form("/edit/redis"), dawit.open_form("/edit/redis")
    hers.submit(
        text=BEGUN.replace("quick", "fast"),
        title="A quick store",
        kind="challenge",
        status="solved",
        tags="hers",
    )
    answer = his.submit(text=BEGUN.replace("quick", "slow"))
    form = dawit.form_in(answer, "/edit/redis")
    assert form.submit(**{"action": "resolve", "choice-0": choice}).status_code == 303
    now = dawit.open_form("/edit/redis").values
    assert (now["title"], now["tags"]) == ("A quick store", "hers")
    assert (now["kind"], now["status"]) == ("challenge", "solved")


def test_of_two_new_titles_mine_stands_in_the_form(selam: Person, dawit: Person) -> None:
    hers, his = selam.open_form("/edit/redis"), dawit.open_form("/edit/redis")
    hers.submit(text=BEGUN.replace("quick", "fast"), title="Hers")
    answer = his.submit(text=BEGUN.replace("quick", "slow"), title="His")
    assert dawit.form_in(answer, "/edit/redis").values["title"] == "His"
    assert "Theirs: Hers" in main(answer)


# The base


@pytest.mark.parametrize(
    "base", [None, "", "0", "-1", "abc", "1e3", "99", "9999999999", "2.0", "\u0661", "a\x00b"]
)
def test_an_unknown_base_overwrites_nothing(
    client: Person, selam: Person, dawit: Person, base: str | None
) -> None:
    his = dawit.open_form("/edit/redis")
    selam.post_form("/edit/redis", text=BEGUN.replace("quick", "fast"))
    answer = his.submit(text=BEGUN.replace("quick", "slow"), base_revision=base)
    assert answer.status_code == 409
    assert raw(client, "redis") == BEGUN.replace("quick", "fast")
    form = dawit.form_in(answer, "/edit/redis")
    assert form.values["text"] == BEGUN.replace("quick", "slow")
    assert form.submit().status_code == 303


def test_an_unknown_base_with_the_text_that_stands_there_is_no_change(
    client: Person, selam: Person
) -> None:
    assert selam.open_form("/edit/redis").submit(base_revision=None).status_code == 303
    assert count_revisions(client, "redis") == 1


def test_the_number_of_another_pages_revision_is_no_base(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("celery")
    for text in ("One.\n", "Two.\n", "Three.\n"):
        selam.post_form("/edit/celery", text=text)
    base = selam.open_form("/edit/celery").values["base_revision"]
    answer = selam.open_form("/edit/redis").submit(text="Over it.\n", base_revision=base)
    assert answer.status_code == 409
    assert raw(client, "redis") == BEGUN


def test_a_base_before_a_rename_still_merges(client: Person, selam: Person, dawit: Person) -> None:
    his = dawit.open_form("/edit/redis")
    selam.post_form("/rename/redis", title="A quick store")
    assert his.submit(text=BEGUN + "\nHis.\n").status_code == 303
    page = client.get("/wiki/redis")
    assert "A quick store" in main(page)
    assert "His." in main(page)


def test_a_preview_does_not_move_the_base(client: Person, selam: Person, dawit: Person) -> None:
    his = dawit.open_form("/edit/redis")
    selam.post_form("/edit/redis", text=BEGUN.replace("quick", "fast"))
    shown = his.submit(text=BEGUN.replace("quick", "slow"), action="preview")
    assert shown.status_code == 200
    assert dawit.form_in(shown, "/edit/redis").submit().status_code == 409
    assert raw(client, "redis") == BEGUN.replace("quick", "fast")


@pytest.mark.parametrize("gone_wrong", [{"csrf_token": "wrong"}, {"title": ""}])
def test_what_goes_wrong_while_choosing_undoes_no_choice(
    client: Person, selam: Person, dawit: Person, gone_wrong: dict[str, str]
) -> None:
    hers, his = selam.open_form("/edit/redis"), dawit.open_form("/edit/redis")
    hers.submit(text=BEGUN.replace("quick", "fast"))
    conflict = dawit.form_in(his.submit(text=BEGUN.replace("quick", "slow")), "/edit/redis")
    answer = conflict.submit(action="resolve", **{"choice-0": "both"}, **gone_wrong)
    assert answer.status_code in (400, 422)
    again = dawit.form_in(answer, "/edit/redis")
    assert again.submit(title="Redis").status_code == 303
    assert "fast" in raw(client, "redis")
    assert "slow" in raw(client, "redis")
