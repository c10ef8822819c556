"""Groups: who makes them, who decides who is in them, and who knows of them."""

import re
from typing import Any

import pytest
from flask import Flask

from tests.pages.visible_text import main
from tests.person import Person
from wiki.access.groups import membership


@pytest.fixture
def boss(client_of: Any) -> Person:
    person: Person = client_of("boss", role="admin")
    return person


@pytest.fixture
def cohort(boss: Person) -> str:
    """The address of a group without members."""
    answer = boss.post_form("/groups/", name="Backend 3", note="Spring")
    assert answer.status_code == 303
    address: str = answer.location
    return address


def test_an_administrator_fills_a_group(boss: Person, cohort: str, client_of: Any) -> None:
    for name in ("selam", "dawit"):
        client_of(name)
    answer = boss.open_form(cohort, has="names").submit(names="Selam, dawit")
    assert answer.status_code == 303
    page = boss.get(cohort).text
    assert "selam" in page
    assert "dawit" in page
    assert "2 members" in boss.get("/groups/").text


def test_unknown_names_come_back(boss: Person, cohort: str, client_of: Any) -> None:
    client_of("selam")
    answer = boss.open_form(cohort, has="names").submit(names="selam\nnobody, ghost")
    assert answer.status_code == 422
    assert "There is nobody called nobody, ghost." in answer.text
    assert boss.form_in(answer, cohort, has="names").values["names"].split() == ["nobody", "ghost"]
    assert "1" in boss.get(cohort).text


def test_a_mentor_of_the_group_decides_who_is_in_it(
    boss: Person, cohort: str, client_of: Any
) -> None:
    selam, dawit = client_of("selam"), client_of("dawit")
    boss.open_form(cohort, has="names").submit(names="selam")
    assert dawit.get(cohort).status_code == 404
    assert "Make a mentor" not in selam.get(cohort).text
    members = boss.open_form(cohort)
    boss.post(
        cohort, data={"csrf_token": members.values["csrf_token"], "mentor": _id(boss, cohort)}
    )
    assert selam.open_form(cohort, has="names").submit(names="dawit").status_code == 303
    assert "Backend 3" in dawit.get("/groups/").text
    token = dawit.open_form("/account/settings").values["csrf_token"]
    assert dawit.post(cohort, data={"csrf_token": token, "names": "boss"}).status_code == 403
    assert dawit.get(f"{cohort}/edit").status_code == 403
    assert dawit.get(f"{cohort}/delete").status_code == 403
    assert selam.get(f"{cohort}/edit").status_code == 200


def _id(person: Person, cohort: str) -> str:
    """The id of the first member."""
    page: str = person.get(cohort).text
    return page.split('name="remove" value="')[1].split('"', maxsplit=1)[0]


def test_what_changes_nothing_is_not_logged(boss: Person, cohort: str, client_of: Any) -> None:
    client_of("selam")
    for _ in range(3):
        boss.open_form(cohort, has="names").submit(names="selam")
    values = {"csrf_token": boss.open_form(cohort, has="names").values["csrf_token"]}
    for _ in range(3):
        boss.post(cohort, data={**values, "mentor": _id(boss, cohort)})
    log = boss.get("/admin/audit.csv?person=selam").text
    assert log.count("group-joined") == 1
    assert log.count("group-mentor") == 1


def test_removing_somebody_is_logged(boss: Person, cohort: str, client_of: Any) -> None:
    client_of("selam")
    boss.open_form(cohort, has="names").submit(names="selam")
    token = boss.open_form(cohort).values["csrf_token"]
    boss.post(cohort, data={"csrf_token": token, "remove": _id(boss, cohort)})
    assert "Nobody is in this group yet." in boss.get(cohort).text
    assert "Removed from a group : Backend 3" in main(boss.get("/admin/audit"))


@pytest.mark.parametrize(
    ("name", "word"),
    [("", "Give the group a name"), ("x" * 61, "At most 60"), ("BACKEND 3", "already")],
)
@pytest.mark.usefixtures("cohort")
def test_names_that_no_group_can_have(boss: Person, name: str, word: str) -> None:
    answer = boss.post_form("/groups/", name=name, note="Kept")
    assert answer.status_code == 422
    assert word in answer.text
    assert boss.form_in(answer, "/groups/", has="note").values["note"] == "Kept"


def test_a_deleted_group_loses_what_rules_granted_it(
    app: Flask, boss: Person, cohort: str, client_of: Any, make_page: Any
) -> None:
    make_page("plans", text="A marimba.\n")
    selam = client_of("selam")
    boss.open_form(cohort, has="names").submit(names="selam")
    terms = {"covers": "tree", "read_rank": "4", "edit_rank": "4"}
    asked = boss.post_form("/access/plans", **terms, readers=["1"], action="set")
    boss.form_in(asked, "/access/plans", has="note").submit(action="set")
    assert "marimba" in selam.get("/wiki/plans").text
    assert "plans" in boss.get(f"{cohort}/delete").text
    assert boss.post_form(f"{cohort}/delete").status_code == 303
    assert selam.get("/wiki/plans").status_code == 404
    assert boss.get(cohort).status_code == 404


def test_rules_are_listed_with_their_pages(app: Flask, boss: Person, make_page: Any) -> None:
    make_page("plans/one")
    terms = {"covers": "tree", "read_rank": "0", "edit_rank": "3", "note": "Mind the dates"}
    assert boss.post_form("/access/plans", **terms, action="set").status_code == 303
    page = boss.get("/admin/rules").text
    assert "Read by everybody; edited by mentors and administrators." in page
    assert "Mind the dates" in page
    assert "The whole wiki" in page


def test_rules_are_a_tree(boss: Person) -> None:
    terms = {"read_rank": "0", "edit_rank": "3", "action": "set"}
    for path, covers in (("a", "tree"), ("a/b", "page"), ("a/b/c", "tree"), ("ab", "tree")):
        boss.post_form(f"/access/{path}", **terms, covers=covers)
    depth, found = 0, {}
    main = boss.get("/admin/rules").text.partition("<main")[2]
    for tag, path in re.findall(r'<(ul|/ul|a) ?(?:href="/access/([^"]*)")?', main):
        depth += {"ul": 1, "/ul": -1}.get(tag, 0)
        found |= {path: depth} if path else {}
    # What is for one page alone has nothing below it.
    assert {path: found[path] - found["a"] for path in found} == {
        "a": 0,
        "a/b": 1,
        "a/b/c": 1,
        "ab": 0,
    }


def test_more_names_than_are_added_at_once_come_back(
    boss: Person, cohort: str, make_user: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(membership, "MAX_NAMES", 2)
    for name in ("selam", "dawit", "hana"):
        make_user(name)
    answer = boss.open_form(cohort, has="names").submit(names="selam, dawit, hana")
    assert answer.status_code == 422
    assert "2 were added; add the others now." in answer.text
    assert boss.form_in(answer, cohort, has="names").values["names"] == "hana"
