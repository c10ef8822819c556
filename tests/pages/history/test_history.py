"""A page's history."""

from typing import Any

from tests.pages.visible_text import count_revisions, main
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
    from wiki.pages.writing.content import Content
    from wiki.pages.writing.write import Edit, save_edit

    page = make_page("redis")
    with app.app_context():
        for number in range(1, 61):
            save_edit(page.page_id, Edit(Content("Redis", f"{number}\n"), number), by=None)
    assert count_revisions(client, "redis") == 50
    second = client.get("/history/redis?page=2")
    assert second.text.count('class="history-entry"') == 11
    assert "created" in main(second)


def test_a_page_of_the_list_that_there_is_not(client: Person, make_page: Any) -> None:
    make_page("redis")
    cases = ["0", "2", "-1", "abc", "", "1.0", "99999999999", "%00", "١"]
    for number in cases:
        answer = client.get(f"/history/redis?page={number}")
        assert answer.status_code == 404, number
        assert "page with that number" in main(answer), number


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
    from wiki.pages.writing.content import Content
    from wiki.pages.writing.write import Edit, save_edit

    page = make_page("redis")
    with app.app_context():
        for number in range(1, 20):
            save_edit(page.page_id, Edit(Content("Redis", f"{number}\n"), number), by=None)
    with queries(at_most=4):  # the page, its writers, its revisions, the version of the rules
        client.get("/history/redis")


# What kind of change


def test_a_merge_names_whose_change_it_took_in_and_leads_to_both(
    client: Person, selam: Person, dawit: Person, make_page: Any
) -> None:
    make_page("redis", text="One.\n\nTwo.\n\nThree.\n")
    form = selam.open_form("/edit/redis")
    dawit.post_form("/edit/redis", text="One, by dawit.\n\nTwo.\n\nThree.\n")
    form.submit(text="One.\n\nTwo.\n\nThree, by selam.\n")
    answer = client.get("/history/redis")
    assert "merged with dawit ’s revision 2" in main(answer)
    for before in (1, 2):
        link = f"/diff/redis?from={before}&amp;to=3"
        assert link in answer.text
        assert link in client.get("/diff/redis?from=2&to=3").text
        assert link in client.get("/wiki/redis?revision=3").text
    assert "by dawit" in main(client.get("/diff/redis?from=1&to=3"))
    assert "by selam" in main(client.get("/diff/redis?from=2&to=3"))


def test_a_restore_names_what_it_brought_back(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis", text="One.\n")
    selam.post_form("/edit/redis", text="Two.\n")
    selam.post_form("/restore/redis?revision=1", summary="It was better")
    assert "restored from revision 1" in main(client.get("/history/redis"))
    assert "restored from revision 1" in main(client.get("/changes"))


def test_former_names_are_shown(client: Person, selam: Person, make_page: Any) -> None:
    make_page("redis")
    selam.post_form("/rename/redis", path="stores/redis", title="A store")
    selam.post_form("/edit/stores/redis", title="A data store")
    words = main(client.get("/history/stores/redis"))
    for told in ("renamed", "title was Redis", "address was redis", "title was A store"):
        assert told in words


def test_the_changes_of_one_person(
    client: Person, selam: Person, dawit: Person, make_page: Any, make_user: Any
) -> None:
    make_page("redis", by=make_user("selam"))
    dawit.post_form("/edit/redis", text="Two.\n", summary="By dawit")
    selam.post_form("/edit/redis", text="Three.\n", summary="By selam")
    everybody = main(client.get("/history/redis"))
    assert "Everyone 3 selam 2 dawit 1" in everybody
    answer = client.get("/history/redis?author=Selam")
    assert answer.text.count('class="history-entry"') == 2
    assert "By dawit" not in main(answer)
    assert client.get("/history/redis?author=nobody").status_code == 404


def test_one_person_s_changes_are_turned_page_by_page(
    app: Any, client: Person, make_page: Any, make_user: Any
) -> None:
    from wiki.pages.writing.content import Content
    from wiki.pages.writing.write import Edit, save_edit

    page, selam = make_page("redis"), make_user("selam")
    with app.app_context():
        for number in range(1, 105):
            by = selam if number % 2 else None
            save_edit(page.page_id, Edit(Content("Redis", f"{number}\n"), number), by=by)
    second = client.get("/history/redis?author=selam&page=2")
    assert second.text.count('class="history-entry"') == 2
    assert client.get("/history/redis?author=selam&page=3").status_code == 404
    assert "author=selam" in client.get("/history/redis?author=selam").text


def test_an_old_revision_has_its_own_names_and_leads_to_its_neighbours(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis", tags=["old"])
    for number, author in ((2, "new"), (3, "newer")):
        selam.post_form("/edit/redis", text=f"{number}\n", tags=author, title=f"Redis {number}")
    answer = client.get("/wiki/redis?revision=2")
    assert "Redis 2" in main(answer)
    assert 'href="/tags/new"' in answer.text
    assert 'href="/tags/newer"' not in answer.text
    for number in (1, 3):
        assert f'href="/wiki/redis?revision={number}"' in answer.text
    assert "revision=0" not in client.get("/wiki/redis?revision=1").text
    assert "revision=4" not in client.get("/wiki/redis?revision=3").text
