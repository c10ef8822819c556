"""Renaming while others write, back and forth, and into each other's places."""

from typing import Any

import pytest
from flask import Flask

from tests.pages.visible_text import count_revisions, field_error, link_classes, main, raw
from tests.pages.writing.test_concurrency import agrees, at_once, history_of, save
from tests.person import Person
from wiki.database import db
from wiki.pages.maintenance.integrity import find_problems
from wiki.pages.models import Draft, Page, Redirect


def rename(person: Person, path: str, to: str, **fields: Any) -> Any:
    return person.open_form(f"/rename/{path}").submit(path=to, **fields)


def rename_at_last(person: Person, path: str, to: str, **fields: Any) -> None:
    """Rename, and confirm again as often as the page was changed meanwhile."""
    form = person.open_form(f"/rename/{path}")
    for _ in range(50):
        answer = form.submit(path=to, **fields)
        if answer.status_code == 303:
            return
        assert answer.status_code == 409, answer.status
        form = person.form_in(answer, f"/rename/{path}")
    pytest.fail("renamed by nobody in fifty rounds")


def redirects(app: Flask) -> dict[str, str]:
    """Each redirect's key, and the path of the page it leads to; nothing disagrees."""
    with app.app_context():
        assert find_problems() == []
        rows = db.session.execute(
            db.select(Redirect.key, Page.path).join(Page, Page.id == Redirect.page_id)
        )
        return {row.key: row.path for row in rows}


# Names


def test_two_pages_change_places(app: Flask, client: Person, selam: Person, make_page: Any) -> None:
    make_page("a", text="First.\n")
    make_page("b", text="Second.\n")
    for path, to in (("a", "c"), ("b", "a"), ("c", "b")):
        assert rename(selam, path, to).status_code == 303
    assert raw(client, "a") == "Second.\n"
    assert raw(client, "b") == "First.\n"
    assert redirects(app) == {"c": "b"}


def test_back_and_forth_leaves_one_page_and_one_redirect(
    app: Flask, client: Person, selam: Person, make_page: Any
) -> None:
    make_page("a")
    for _ in range(3):
        assert rename(selam, "a", "b").status_code == 303
        assert rename(selam, "b", "a").status_code == 303
    assert redirects(app) == {"b": "a"}
    assert client.get("/wiki/a").status_code == 200
    assert count_revisions(client, "a") == 7


def test_onto_the_redirect_of_another_page(
    app: Flask, client: Person, selam: Person, make_page: Any
) -> None:
    make_page("a", text="First.\n")
    make_page("b", text="Second.\n")
    rename(selam, "a", "c")
    assert rename(selam, "b", "a").status_code == 303
    assert raw(client, "a") == "Second.\n"
    assert redirects(app) == {"b": "a"}


def test_a_name_in_another_script_and_back(
    client: Person, selam: Person, make_page: Any, queries: Any
) -> None:
    make_page("redis", text="See [[redis/basics]].\n")
    make_page("redis/basics")
    rename(selam, "redis", "ሬዲስ/መግቢያ", title="ሬዲስ", subtree=True)
    assert client.get("/wiki/ሬዲስ/መግቢያ/basics").status_code == 200
    assert client.get("/wiki/redis/basics").status_code == 302
    history = main(client.get("/history/ሬዲስ/መግቢያ"))
    assert "address was redis" in history
    assert "title was Redis" in history
    rename(selam, "ሬዲስ/መግቢያ", "redis", title="Redis", subtree=True)
    assert client.get("/wiki/redis/basics").status_code == 200


def test_a_change_of_capitals_takes_the_subtree_along(
    app: Flask, client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    make_page("redis/basics")
    assert rename(selam, "redis", "Redis", subtree=True).status_code == 303
    assert client.get("/wiki/Redis/basics").status_code == 200
    assert client.get("/wiki/redis/basics").status_code == 301
    assert redirects(app) == {}


def test_a_subtree_spelled_in_another_way_keeps_its_names(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("strasse")
    make_page("straße/kind", text="Below.\n")
    assert rename(selam, "strasse", "weg", subtree=True).status_code == 303
    assert raw(client, "weg/kind") == "Below.\n"
    assert client.get("/wiki/strasse/kind").location == "/wiki/weg/kind"


def test_a_subtree_moves_one_level_up_into_its_own_places(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("a/a", text="Middle.\n")
    make_page("a/a/a", text="Low.\n")
    assert rename(selam, "a/a", "a", subtree=True).status_code == 303
    assert raw(client, "a") == "Middle.\n"
    assert raw(client, "a/a") == "Low.\n"


def test_a_collision_within_the_subtree_names_the_place(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("a")
    make_page("a/x")
    make_page("b/x", text="In the way.\n")
    answer = rename(selam, "a", "b", subtree=True)
    assert "b/x" in field_error(answer, "path")
    assert raw(client, "b/x") == "In the way.\n"
    assert client.get("/wiki/a").status_code == 200


def test_links_follow_each_as_a_revision_of_its_page(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    make_page("redis/basics")
    make_page("guide", text="[[redis]], [[redis/basics|the basics]]\n")
    rename(selam, "redis", "stores/redis", subtree=True, links=True, summary="In its folder")
    assert raw(client, "guide") == "[[stores/redis]], [[stores/redis/basics|the basics]]\n"
    history = main(client.get("/history/guide"))
    assert "links updated" in history
    assert "In its folder" in history
    assert "missing" not in link_classes(client.get("/wiki/guide"), "the basics")


# While others write


def test_what_was_begun_before_a_rename_lands_on_the_page(
    any_app: Flask, client: Person, selam: Person, dawit: Person, make_page: Any
) -> None:
    make_page("redis", text="One.\n\nTwo.\n")
    form = dawit.open_form("/edit/redis")
    rename(selam, "redis", "stores/redis")
    answer = form.submit(text="One.\n\nTwo, by dawit.\n")
    assert answer.location == "/wiki/stores/redis"
    assert raw(client, "stores/redis") == "One.\n\nTwo, by dawit.\n"


def test_what_was_begun_never_lands_on_the_page_that_took_the_place(
    client: Person, selam: Person, dawit: Person, make_page: Any
) -> None:
    make_page("redis", text="A store.\n")
    make_page("other", text="Something else.\n")
    forms = {name: dawit.open_form(f"/{name}/redis") for name in ("edit", "rename", "delete")}
    rename(selam, "redis", "stores/redis")
    rename(selam, "other", "redis")  # at revision 2, as the first page is
    assert forms["delete"].submit().status_code == 409
    assert forms["rename"].submit(path="elsewhere").status_code == 409
    answer = forms["edit"].submit(text="A store, by dawit.\n")
    assert answer.location == "/wiki/stores/redis"
    assert raw(client, "redis") == "Something else.\n"
    assert raw(client, "stores/redis") == "A store, by dawit.\n"


def test_a_draft_stays_with_the_page_that_was_renamed(
    app: Flask, selam: Person, dawit: Person, make_page: Any
) -> None:
    make_page("redis")
    make_page("other")
    form = dawit.open_form("/edit/redis")
    rename(selam, "redis", "stores/redis")
    rename(selam, "other", "redis")
    form.action = "/drafts"
    assert form.submit(page="redis", text="A draft.\n").status_code == 200
    with app.app_context():
        kept = db.select(Page.path).join(Draft, Draft.page_id == Page.id)
        assert list(db.session.scalars(kept)) == ["stores/redis"]


def test_renaming_and_editing_at_once_lose_nothing(
    any_app: Flask, client: Person, client_of: Any, make_page: Any
) -> None:
    make_page("redis", text="Begun.\n\nThe end.\n")
    people = [client_of(f"writer{number}") for number in range(4)]

    def act(number: int) -> None:
        if number:
            return save(people[number], "redis", f"By {number}.", tag=f"t{number}")
        return rename_at_last(people[0], "redis", "stores/redis")

    at_once(4, act)
    with any_app.app_context():
        page = db.session.scalars(db.select(Page)).one()
        assert page.path == "stores/redis"
        history = history_of("stores/redis")
        for number in (1, 2, 3):
            assert f"By {number}." in history[page.revision_count]
        agrees(page, history[page.revision_count])


def test_subtrees_that_link_to_each_other_move_at_once(
    any_app: Flask, client: Person, client_of: Any, make_page: Any
) -> None:
    """Each rename changes pages of the other one: they must not wait for each other."""
    for name, other in (("a", "b"), ("b", "a")):
        make_page(name, text=f"[[{other}]] [[{other}/x]]\n")
        make_page(f"{name}/x", text=f"[[{other}]]\n")
    people = [client_of(f"writer{number}") for number in range(2)]

    moves = (("a", "c"), ("b", "d"))
    at_once(2, lambda n: rename_at_last(people[n], *moves[n], subtree=True, links=True))
    assert raw(client, "c") == "[[d]] [[d/x]]\n"
    assert raw(client, "d/x") == "[[c]]\n"
    with any_app.app_context():
        for path in ("c", "c/x", "d", "d/x"):
            page = db.session.scalars(db.select(Page).where(Page.path == path)).one()
            agrees(page, history_of(path)[page.revision_count])


@pytest.mark.parametrize("action", ["/wiki/redis/", "/wiki//redis", "/history/redis/?page=1"])
def test_slashes_too_many_lead_to_the_one_address(
    client: Person, make_page: Any, action: str
) -> None:
    make_page("redis")
    answer = client.get(action)
    assert answer.status_code in (301, 308)
    assert not answer.location.partition("?")[0].endswith("/")
    assert client.get(answer.location).status_code == 200
