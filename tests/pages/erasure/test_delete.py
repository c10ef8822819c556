"""Deleting a page, and bringing it back."""

import re
from typing import Any

import pytest

from tests.pages.visible_text import count_revisions, main, raw
from tests.person import Person

PLACES = (
    "/",
    "/pages",
    "/tags/",
    "/kinds/",
    "/kinds/concept",
    "/changes",
    "/changes.atom",
    "/users/selam",
    "/wiki/guide",
    "/links/guide",
    "/search?q=drumsticks",
    "/search/suggest?q=xyl",
)
# Where who may bring it back is told what happened to it.
TOLD = ("/changes", "/users/selam")
TOOLS = ("wiki", "links", "edit", "rename", "delete", "restore", "blame")
PAST = ("history", "diff", "raw", "erase")
# What is said nowhere but on the page.
SECRETS = ("Xylophone", "marimba", "balafon", "kalimba")


@pytest.fixture(autouse=True)
def page(make_page: Any, make_user: Any) -> None:
    make_page("guide", text="See [[Instruments]] and [[concepts/percussion]].\n")
    make_page(
        "concepts/percussion",
        title="Xylophone",
        text="A marimba, with drumsticks. [[Guide]]\n",
        kind="concept",
        tags=["Balafon"],
        summary="kalimba",
        by=make_user("selam"),
    )


def test_it_works(client: Person, selam: Person) -> None:
    assert "disappears from reading" in main(selam.get("/delete/concepts/percussion"))
    answer = selam.post_form("/delete/concepts/percussion", summary="Not ours")
    assert answer.status_code == 303
    assert "can be brought back" in main(selam.get("/wiki/concepts/percussion"))
    assert client.get("/wiki/concepts/percussion").status_code == 404


def test_before_it_is_deleted_it_is_seen(client: Person, index_now: Any) -> None:
    index_now()
    assert "Xylophone" in client.get("/search?q=drumsticks").text
    assert "Xylophone" in client.get("/search/suggest?q=xyl").text
    seen = "".join(client.get(place).text for place in PLACES)
    for secret in ("Xylophone", "balafon", "kalimba"):
        assert secret in seen


@pytest.mark.parametrize("who", ["client", "dawit", "admin"])
def test_a_deleted_page_is_nowhere(
    request: pytest.FixtureRequest, selam: Person, index_now: Any, who: str
) -> None:
    selam.post_form("/delete/concepts/percussion")
    index_now()
    person: Person = request.getfixturevalue(who)
    for place in PLACES:
        if who == "admin" and place in TOLD:
            continue
        seen = person.get(place).text
        for secret in SECRETS:
            assert secret not in seen, f"{secret} at {place}"


def test_nothing_can_be_done_with_a_deleted_page(
    request: pytest.FixtureRequest, selam: Person
) -> None:
    selam.post_form("/delete/concepts/percussion")
    selam.get("/pages")  # where the message about it is shown
    cases = [(who, tool) for who in ("client", "dawit", "admin", "selam") for tool in TOOLS]
    cases += [(who, tool) for who in ("client", "dawit", "reader") for tool in PAST]
    for who, tool in cases:
        person: Person = request.getfixturevalue(who)
        answer = person.get(f"/{tool}/concepts/percussion?revision=1")
        refused = 403 if (who, tool) == ("reader", "erase") else 404
        assert answer.status_code == (302 if answer.location else refused), (who, tool)
        # Who may bring it back is told which page it was.
        may_know = ("Xylophone",) if who in ("admin", "selam") else ()
        for secret in set(SECRETS).difference(may_know):
            assert secret not in answer.text.replace("concepts/percussion", ""), (who, tool)


def test_a_deleted_page_is_not_found_by_its_title(client: Person, selam: Person) -> None:
    assert client.get("/wiki/Xylophone").status_code == 302
    selam.post_form("/delete/concepts/percussion")
    assert client.get("/wiki/Xylophone").status_code == 404


def test_a_deleted_page_is_not_found_by_an_old_path(client: Person, selam: Person) -> None:
    selam.post_form("/rename/concepts/percussion", path="drums")
    assert client.get("/wiki/concepts/percussion").status_code == 302
    selam.post_form("/delete/drums")
    assert client.get("/wiki/concepts/percussion").status_code == 404


def test_a_stranger_is_told_the_same_as_of_any_missing_page(client: Person, selam: Person) -> None:
    never = client.get("/wiki/concepts/percussioN").text
    assert "Xylophone" not in never
    selam.post_form("/delete/concepts/percussion")
    gone = client.get("/wiki/concepts/percussion").text
    missing = client.get("/wiki/concepts/percussiom").text
    assert gone == missing.replace("percussiom", "percussion").replace("Percussiom", "Percussion")


# Back again


@pytest.mark.parametrize("who", ["selam", "admin"])
def test_who_deleted_it_and_who_runs_the_hub_bring_it_back(
    request: pytest.FixtureRequest, client: Person, selam: Person, who: str
) -> None:
    selam.post_form("/delete/concepts/percussion")
    person: Person = request.getfixturevalue(who)
    offer = person.get("/wiki/concepts/percussion")
    assert "/undelete/concepts/percussion" in offer.text
    assert "selam" in main(offer)
    answer = person.post_form("/undelete/concepts/percussion", summary="It is ours")
    assert answer.status_code == 303
    page = client.get("/wiki/concepts/percussion")
    assert "A marimba" in main(page)
    assert 'href="/tags/balafon"' in page.text
    history = main(client.get("/history/concepts/percussion"))
    for word in ("deleted", "brought back", "It is ours", "kalimba"):
        assert word in history
    assert count_revisions(client, "concepts/percussion") == 3
    assert "Xylophone" in client.get("/pages").text
    assert "Xylophone" in main(client.get("/links/guide"))


@pytest.mark.parametrize("path", ["drums", "concepts/percussion"])
def test_who_may_know_is_told_what_was_deleted_also_at_its_old_address(
    client: Person, selam: Person, dawit: Person, reader: Person, path: str
) -> None:
    selam.post_form("/rename/concepts/percussion", path="drums")
    selam.post_form("/delete/drums")
    told = selam.get(f"/wiki/{path}")
    assert told.status_code == 404
    words = main(told)
    for word in ("Xylophone", "This page was deleted.", "selam deleted it on", "Write this page"):
        assert word in words
    for word in ("no page here", "Nobody wrote it"):
        assert word not in words
    for person in (client, dawit, reader):
        answer = person.get(f"/wiki/{path}")
        assert answer.status_code == 404
        assert "Xylophone" not in answer.text
        assert "deleted" not in main(answer)
        assert "There is no page here yet." in main(answer)
    link = re.findall(r'href="(/undelete/[^"]*)"', told.text)[0]
    assert selam.post_form(link).location == "/wiki/drums"


@pytest.mark.parametrize("who", ["selam", "admin"])
def test_who_may_bring_it_back_sees_its_history(
    request: pytest.FixtureRequest, selam: Person, who: str
) -> None:
    selam.post_form("/edit/concepts/percussion", text="A balafon.\n")
    selam.post_form("/delete/concepts/percussion", summary="Not ours")
    person: Person = request.getfixturevalue(who)
    history = person.get("/history/concepts/percussion")
    assert "Not ours" in main(history)
    assert "/undelete/concepts/percussion" in history.text
    assert "/restore/" not in history.text
    compared = person.open_form("/history/concepts/percussion", has="from")
    answer = compared.submit(**{"from": "1", "to": "2"})
    assert "marimba" in main(answer)
    assert "balafon" in main(answer)
    assert "marimba" in person.get("/raw/concepts/percussion?revision=1").text


def test_the_history_of_each_of_several_deleted_pages(
    selam: Person, admin: Person, dawit: Person, client: Person
) -> None:
    selam.post_form("/delete/concepts/percussion", summary="The first")
    asked = admin.get("/undelete/concepts/percussion").text
    first = re.findall(r"deleted=(\d+)", asked)[0]
    selam.post_form("/new", title="Drums", path="concepts/percussion", text="Drums.\n")
    assert "The first" not in main(admin.get("/history/concepts/percussion"))
    address = f"/history/concepts/percussion?deleted={first}"
    assert "The first" in main(admin.get(address))
    for person in (client, dawit):
        assert person.get(address).status_code == 404
    for wrong in ("9", "x", "", "1" * 20, "١"):
        assert admin.get(f"/history/concepts/percussion?deleted={wrong}").status_code == 404
    answer = admin.post_form(f"/undelete/concepts/percussion?deleted={first}")
    assert answer.status_code == 409
    selam.post_form("/rename/concepts/percussion", path="drums")
    assert admin.post_form(f"/undelete/concepts/percussion?deleted={first}").status_code == 303
    assert "marimba" in raw(client, "concepts/percussion")


def test_another_learner_does_not_learn_of_it(selam: Person, dawit: Person) -> None:
    selam.post_form("/delete/concepts/percussion")
    assert "/undelete/" not in dawit.get("/wiki/concepts/percussion").text
    assert dawit.get("/undelete/concepts/percussion").status_code == 404
    token = dawit.open_form("/new").values["csrf_token"]
    answer = dawit.post("/undelete/concepts/percussion", data={"csrf_token": token})
    assert answer.status_code == 404


def test_strangers_and_readers_bring_nothing_back(
    client: Person, selam: Person, reader: Person
) -> None:
    selam.post_form("/delete/concepts/percussion")
    assert client.get("/undelete/concepts/percussion").status_code == 302
    assert client.get("/undelete/nothing-here").status_code == 302
    assert reader.get("/undelete/concepts/percussion").status_code == 403
    assert reader.get("/undelete/nothing-here").status_code == 403


def test_a_page_that_is_there_cannot_be_brought_back(selam: Person, admin: Person) -> None:
    assert admin.get("/undelete/concepts/percussion").status_code == 404
    selam.post_form("/delete/concepts/percussion")
    form = selam.open_form("/undelete/concepts/percussion")
    assert form.submit().status_code == 303
    assert form.submit().status_code == 404


def test_another_page_can_stand_at_its_path(client: Person, selam: Person, dawit: Person) -> None:
    selam.post_form("/delete/concepts/percussion")
    new = dawit.post_form("/new", title="Drums", path="concepts/percussion", text="Drums.\n")
    assert new.status_code == 303
    assert raw(client, "concepts/percussion") == "Drums.\n"
    assert count_revisions(client, "concepts/percussion") == 1
    assert client.get("/raw/concepts/percussion?revision=2").status_code == 404
    answer = selam.post_form("/undelete/concepts/percussion")
    assert answer.status_code == 409
    assert "There is another page at concepts/percussion now" in main(answer)
    assert raw(client, "concepts/percussion") == "Drums.\n"


def test_of_two_deleted_pages_the_last_comes_back(client: Person, selam: Person) -> None:
    selam.post_form("/delete/concepts/percussion")
    selam.post_form("/new", title="Drums", path="concepts/percussion", text="Drums.\n")
    selam.post_form("/delete/concepts/percussion")
    selam.post_form("/undelete/concepts/percussion")
    assert raw(client, "concepts/percussion") == "Drums.\n"


# What can go wrong


def test_a_page_that_changed_meanwhile_is_asked_about_again(
    client: Person, selam: Person, dawit: Person
) -> None:
    form = selam.open_form("/delete/concepts/percussion")
    dawit.post_form("/edit/concepts/percussion", text="Worth keeping.\n")
    answer = form.submit(summary="Empty")
    assert answer.status_code == 409
    assert "changed in the meantime" in main(answer)
    assert raw(client, "concepts/percussion") == "Worth keeping.\n"
    again = selam.form_in(answer, "/delete/concepts/percussion")
    assert again.values["summary"] == "Empty"
    assert again.submit().status_code == 303


def test_a_form_that_saw_no_revision_deletes_nothing(client: Person, selam: Person) -> None:
    answer = selam.open_form("/delete/concepts/percussion").submit(base_revision=None)
    assert answer.status_code == 409
    assert client.get("/wiki/concepts/percussion").status_code == 200


def test_asking_deletes_nothing(client: Person, selam: Person) -> None:
    selam.get("/delete/concepts/percussion")
    assert client.get("/wiki/concepts/percussion").status_code == 200


def test_without_a_token_nothing_is_deleted(client: Person, selam: Person) -> None:
    assert selam.post("/delete/concepts/percussion", data={"base_revision": 1}).status_code == 400
    assert client.get("/wiki/concepts/percussion").status_code == 200


def test_who_may(client: Person, reader: Person) -> None:
    assert reader.get("/delete/concepts/percussion").status_code == 403
    assert client.get("/delete/concepts/percussion").status_code == 302
    assert "/delete/" not in reader.get("/wiki/concepts/percussion").text
