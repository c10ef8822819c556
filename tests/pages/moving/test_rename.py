"""Giving a page another title, another path, or both."""

from typing import Any

import pytest

from tests.pages.visible_text import count_revisions, field_error, link_classes, main, raw
from tests.person import Person
from wiki.markup.relink import relink
from wiki.markup.workers import worker_client


@pytest.fixture(autouse=True)
def page(make_page: Any) -> None:
    make_page("redis", text="See [the guide](guide) and [[Celery]].\n", tags=["data"])


def test_it_works(client: Person, selam: Person) -> None:
    answer = selam.post_form(
        "/rename/redis", title="Redis, a store", path="stores/redis", summary="In its folder"
    )
    assert answer.status_code == 303
    assert answer.location == "/wiki/stores/redis"
    told = main(selam.get("/wiki/stores/redis"))
    assert "Renamed. The old address redirects here." in told
    page = client.get("/wiki/stores/redis")
    assert "Redis, a store" in main(page)
    assert 'href="/tags/data"' in page.text
    moved = client.get("/wiki/redis")
    assert moved.status_code == 302
    assert moved.location == "/wiki/stores/redis"
    history = main(client.get("/history/stores/redis"))
    assert "renamed" in history
    assert "In its folder" in history
    assert count_revisions(client, "stores/redis") == 2


def test_the_form_shows_what_it_is_called_now(selam: Person) -> None:
    form = selam.open_form("/rename/redis")
    assert (form.values["title"], form.values["path"]) == ("Redis", "redis")


def test_a_title_alone_leaves_the_address(client: Person, selam: Person) -> None:
    assert selam.post_form("/rename/redis", title="A store").location == "/wiki/redis"
    told = main(selam.get("/wiki/redis"))
    assert "Renamed." in told
    assert "A store" in told


def test_without_a_change_nothing_is_stored(client: Person, selam: Person) -> None:
    assert selam.post_form("/rename/redis").status_code == 303
    assert count_revisions(client, "redis") == 1


def test_capitals_of_a_path_can_change(client: Person, selam: Person) -> None:
    assert selam.post_form("/rename/redis", path="Redis").location == "/wiki/Redis"
    answer = client.get("/wiki/redis")
    assert answer.status_code == 301
    assert answer.location == "/wiki/Redis"


def test_no_browser_keeps_where_a_name_leads(client: Person, selam: Person) -> None:
    """Capitals may change back: what leads one way by then led the other way before."""
    for spelling, address in (("redis", "Redis"), ("Redis", "redis"), ("redis", "stores/redis")):
        selam.post_form(f"/rename/{spelling}", path=address)
        answer = client.get(f"/wiki/{spelling}")
        assert answer.location == f"/wiki/{address}"
        assert "no-cache" in answer.headers["Cache-Control"]


def test_there_and_back(client: Person, selam: Person) -> None:
    selam.post_form("/rename/redis", path="stores/redis")
    selam.post_form("/rename/stores/redis", path="redis")
    assert client.get("/wiki/redis").status_code == 200
    assert client.get("/wiki/stores/redis").location == "/wiki/redis"


def test_every_old_path_leads_to_the_page_at_once(client: Person, selam: Person) -> None:
    for old, new in (("redis", "b"), ("b", "c"), ("c", "d")):
        selam.post_form(f"/rename/{old}", path=new)
    for old in ("redis", "b", "c"):
        assert client.get(f"/wiki/{old}").location == "/wiki/d"


def test_a_new_page_takes_over_an_old_path(client: Person, selam: Person) -> None:
    selam.post_form("/rename/redis", path="stores/redis")
    assert selam.post_form("/new", title="Redis", text="Another.\n").location == "/wiki/redis"
    assert raw(client, "redis") == "Another.\n"
    assert client.get("/wiki/stores/redis").status_code == 200
    taken = selam.post_form("/rename/stores/redis", path="redis")
    assert taken.status_code == 422
    assert "redis" in field_error(taken, "path")


def test_links_to_the_old_path_still_lead_there(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("guide", text="Read [[redis]].\n")
    selam.post_form("/rename/redis", path="stores/redis", title="A store")
    page = client.get("/wiki/guide")
    assert 'href="/wiki/stores/redis"' in page.text
    assert "missing" not in link_classes(page, "redis")
    assert "Guide" in main(client.get("/links/stores/redis"))


def test_relative_links_start_from_the_new_folder(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("stores/guide")
    selam.post_form("/rename/redis", path="stores/redis")
    assert 'href="/wiki/stores/guide"' in client.get("/wiki/stores/redis").text


def test_links_are_rewritten_when_asked(client: Person, selam: Person, make_page: Any) -> None:
    make_page("guide", text='Read [[redis]], or [it](redis#why "Why").\n\n`[[redis]]`\n')
    selam.open_form("/rename/redis").submit(path="stores/redis", links=True)
    assert raw(client, "guide") == (
        'Read [[stores/redis]], or [it](/wiki/stores/redis#why "Why").\n\n`[[redis]]`\n'
    )
    assert count_revisions(client, "guide") == 2


def test_each_text_is_relinked_once_not_again_under_the_lock(
    selam: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_page("guide", text="[[redis]]\n")
    paths: list[str] = []

    def count(text: str, path: str, *args: Any, **options: Any) -> str:
        paths.append(path)
        return relink(text, path, *args, **options)

    monkeypatch.setattr("wiki.pages.moving.mover.relink", count)
    selam.open_form("/rename/redis").submit(path="stores/redis", links=True)
    assert paths == ["stores/redis", "guide"]


def test_links_to_another_page_stay(client: Person, selam: Person, make_page: Any) -> None:
    make_page("stores/redis", title="Redis")
    make_page("guide", text="[[redis|here]]\n")
    selam.open_form("/rename/stores/redis").submit(title="Valkey", path="stores/valkey", links=True)
    assert raw(client, "guide") == "[[redis|here]]\n"


def test_pages_below_move_along_when_asked(client: Person, selam: Person, make_page: Any) -> None:
    make_page("redis/streams", text="See [[redis]].\n")
    make_page("redisearch")
    selam.open_form("/rename/redis").submit(path="stores/redis", subtree=True)
    assert client.get("/wiki/stores/redis/streams").status_code == 200
    assert client.get("/wiki/redis/streams").location == "/wiki/stores/redis/streams"
    assert client.get("/wiki/redisearch").status_code == 200


def test_what_moves_nothing_is_not_offered(selam: Person, make_page: Any) -> None:
    form = selam.get("/rename/redis").text
    assert 'name="subtree"' not in form
    assert 'name="links"' not in form
    make_page("redis/streams", text="See [[redis]].\n")
    form = selam.get("/rename/redis").text
    assert 'name="subtree"' in form
    assert 'name="links"' in form


def test_pages_below_move_all_or_none(client: Person, selam: Person, make_page: Any) -> None:
    make_page("redis/streams")
    make_page("stores/redis/streams")
    answer = selam.open_form("/rename/redis").submit(path="stores/redis", subtree=True)
    assert answer.status_code == 422
    assert "stores/redis/streams" in field_error(answer, "path")
    assert client.get("/wiki/redis").status_code == 200
    assert client.get("/raw/stores/redis").status_code == 404


def test_a_page_moves_below_itself(client: Person, selam: Person, make_page: Any) -> None:
    make_page("redis/streams")
    answer = selam.open_form("/rename/redis").submit(path="redis/about", subtree=True)
    assert answer.location == "/wiki/redis/about"
    assert client.get("/wiki/redis/about/streams").status_code == 200
    assert client.get("/wiki/redis").location == "/wiki/redis/about"


def test_what_no_page_can_be_called(client: Person, selam: Person) -> None:
    cases = [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"path": ".."}, "path"),
        ({"path": "a/./b"}, "path"),
        ({"path": ""}, "path"),
        ({"path": "/"}, "path"),
        ({"path": "x" * 101}, "path"),
        ({"path": "a\u202eb"}, "path"),
        ({"path": "a#b"}, "path"),
    ]
    for fields, field in cases:
        answer = selam.post_form("/rename/redis", summary="My reason", **fields)
        assert answer.status_code == 422, fields
        assert field_error(answer, field), fields
        assert selam.form_in(answer, "/rename/redis").values["summary"] == "My reason", fields
        assert count_revisions(client, "redis") == 1, fields


def test_a_path_that_is_taken(client: Person, selam: Person, make_page: Any) -> None:
    make_page("stores/redis")
    answer = selam.post_form("/rename/redis", path="Stores/Redis")
    assert answer.status_code == 422
    assert "There is already a page at stores/redis." in field_error(answer, "path")


def test_a_page_that_changed_meanwhile_is_asked_about_again(
    client: Person, selam: Person, dawit: Person
) -> None:
    form = dawit.open_form("/rename/redis")
    selam.post_form("/edit/redis", text="Another.\n")
    answer = form.submit(path="stores/redis")
    assert answer.status_code == 409
    assert client.get("/wiki/redis").status_code == 200
    again = dawit.form_in(answer, "/rename/redis")
    assert again.values["path"] == "stores/redis"
    assert again.submit().location == "/wiki/stores/redis"


def test_who_may(client: Person, reader: Person) -> None:
    assert reader.get("/rename/redis").status_code == 403
    assert client.get("/rename/redis").status_code == 302


def test_a_text_whose_links_take_too_long_moves_nowhere_and_holds_nothing_up(
    client: Person, selam: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = "[Redis](/wiki/redis) " + "*" * 4_000
    make_page(path="odd", text=odd, title="Odd")
    make_page(path="plain", text="[Redis](/wiki/redis)\n", title="Plain")
    monkeypatch.setattr(worker_client.save_worker, "links_of", lambda text: None)
    refused = selam.post_form("/rename/odd", title="Odd", path="even")
    assert refused.status_code == 422
    assert "The links of odd can’t be found in time" in refused.text
    assert client.get("/wiki/odd").status_code == 200
    done = selam.post_form("/rename/redis", title="Redis", path="stores/redis", links=True)
    assert done.status_code == 303
    assert raw(client, "odd").rstrip("\n") == odd
    assert raw(client, "plain") == "[Redis](/wiki/stores/redis)\n"


def test_a_busy_machine_is_told_apart(
    selam: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_page(path="odd", text="[Redis](/wiki/redis) " + "*" * 4_000, title="Odd")

    def is_busy(_text: str) -> None:
        raise worker_client.Overloaded

    monkeypatch.setattr(worker_client.save_worker, "links_of", is_busy)
    answer = selam.post_form("/rename/odd", title="Odd", path="even")
    assert answer.status_code == 503
