"""A page's history."""

from typing import Any

import pytest

from tests.pages.screen import count_revisions, main
from tests.person import Person


def test_it_works(client: Person, selam: Person, make_page: Any, make_user: Any) -> None:
    make_page("redis", text="One.\n", by=make_user("dawit"), summary="A start")
    selam.post_form("/edit/redis", text="One, two.\n", summary="Went on", minor=True)
    answer = client.get("/history/redis")
    assert answer.status_code == 200
    words = main(answer)
    for word in ("dawit", "A start", "created", "selam", "Went on", "minor", "+5", "current"):
        assert word in words
    assert count_revisions(client, "redis") == 2
    assert words.index("Went on") < words.index("A start")


def test_two_revisions_can_be_chosen_and_compared(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis", text="One.\n")
    selam.post_form("/edit/redis", text="Two.\n")
    form = client.open_form("/history/redis", has="from")
    answer = form.submit(**{"from": "1", "to": "2"})
    assert answer.status_code == 200
    assert "One" in main(answer)
    assert "Two" in main(answer)


def test_a_long_history_is_turned_page_by_page(client: Person, make_page: Any, app: Any) -> None:
    from wiki.pages.content import Content
    from wiki.pages.write import Edit, revise

    page = make_page("redis")
    with app.app_context():
        for number in range(1, 61):
            revise(page.page_id, Edit(Content("Redis", f"{number}\n"), number), by=None)
    assert count_revisions(client, "redis") == 50
    second = client.get("/history/redis?page=2")
    assert second.text.count('class="history-entry"') == 11
    assert "created" in main(second)


@pytest.mark.parametrize("number", ["0", "2", "-1", "abc", "", "1.0", "99999999999", "%00", "١"])
def test_a_page_of_the_list_that_there_is_not(client: Person, make_page: Any, number: str) -> None:
    make_page("redis")
    answer = client.get(f"/history/redis?page={number}")
    assert answer.status_code == 404
    assert "page of that number" in main(answer)


def test_an_old_path_shows_the_same_history(client: Person, selam: Person, make_page: Any) -> None:
    make_page("redis")
    selam.post_form("/rename/redis", path="stores/redis")
    assert client.get("/history/redis").status_code == 200


def test_no_history_without_a_page(client: Person) -> None:
    assert client.get("/history/redis").status_code == 404


def test_only_who_may_edit_is_offered_to_restore(
    client: Person, reader: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    selam.post_form("/edit/redis", text="Two.\n")
    assert "/restore/redis" in selam.get("/history/redis").text
    assert "/restore/redis" not in client.get("/history/redis").text
    assert "/restore/redis" not in reader.get("/history/redis").text


def test_summaries_are_escaped_and_in_one_line(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    summary = "<script>x</script>\r\nsecond\x00 \u202eline " + "y" * 400
    selam.post_form("/edit/redis", text="Two.\n", summary=summary)
    answer = client.get("/history/redis")
    assert "<script>x" not in answer.text
    assert "\u202e" not in answer.text
    assert "<script>x</script> second line yyy" in main(answer)
    assert "y" * 301 not in answer.text


def test_a_history_costs_the_same_however_long_it_is(
    app: Any, client: Person, make_page: Any, queries: Any
) -> None:
    from wiki.pages.content import Content
    from wiki.pages.write import Edit, revise

    page = make_page("redis")
    with app.app_context():
        for number in range(1, 20):
            revise(page.page_id, Edit(Content("Redis", f"{number}\n"), number), by=None)
    with queries(at_most=3):
        client.get("/history/redis")
