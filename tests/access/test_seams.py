"""Every address, for a page that doesn't exist for this viewer."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.files.upload_forms import picture, send
from tests.person import Person
from tests.routes import addresses

HIDDEN = "hidden/balafon"
# Said nowhere but on the hidden page; its path is what is asked for, and may be repeated.
SECRETS = ("Xylophone", "marimba", "kalimba", "Glockenspiel", "tremolo")

FILES = {"static", "hub.favicon", "hub.touch_icon"}  # the same for everybody
VALUES = {"path": HIDDEN, "tag": "kalimba", "name": "marimba.png"}
# The addresses alone are asked by everybody in test_matrix.py.
QUESTIONS = (
    "?revision=2&from=1&to=2&letter=X",
    "?revision=1&q=tremolo&path=hidden/balafon&draft=1",
)


@pytest.fixture
def hidden(make_page: Any, client_of: Any, index_now: Any) -> Person:
    """The author of a page, who also deleted it."""
    selam: Person = client_of("selam")
    make_page("open", text="See [[hidden/balafon]], and [[hidden/old]].\n")
    selam.post_form("/new", title="Xylophone", path="hidden/old", kind="concept", text="Marimba.\n")
    selam.post_form(
        "/edit/hidden/old",
        text="A marimba. [[Open]]\n",
        tags="kalimba",
        summary="Glockenspiel tremolo",
    )
    selam.post_form("/rename/hidden/old", path=HIDDEN)
    assert send(selam, ("marimba.png", picture()), page=HIDDEN).status_code == 303
    assert "marimba" in selam.get("/files/").text
    index_now()
    selam.post_form(f"/delete/{HIDDEN}", summary="Glockenspiel")
    selam.get("/pages")  # where the message about it is shown
    index_now()
    return selam


@pytest.mark.parametrize("who", ["stranger", "learner"])
def test_a_deleted_page_is_behind_no_address(
    app: Flask, client: Person, client_of: Any, hidden: Person, who: str
) -> None:
    person = client if who == "stranger" else client_of("dawit", role=who)
    asked = 0
    for rule, address in addresses(app, VALUES):
        if "GET" not in (rule.methods or ()) or rule.endpoint in FILES:
            continue
        for question in QUESTIONS:
            answer = person.get(address + question)
            assert answer.status_code < 500, f"{address}{question}: {answer.status}"
            says_nothing(answer, f"{rule} {address}{question}")
            asked += 1
            if not rule.arguments and answer.status_code != 200:
                break  # not for this person, whatever they ask
    assert asked > 200


def test_an_old_path_of_it_leads_nowhere(client: Person, hidden: Person) -> None:
    for tool in ("wiki", "history", "diff", "raw", "links", "blame"):
        answer = client.get(f"/{tool}/hidden/old")
        assert answer.status_code == 404
        says_nothing(answer, tool)


def says_nothing(answer: TestResponse, where: str) -> None:
    seen = answer.get_data().decode(errors="replace").lower() + str(answer.headers).lower()
    # A search repeats what it was asked, and a list of a tag or file its name.
    for secret in SECRETS:
        if secret.lower() not in where.lower():
            assert secret.lower() not in seen, f"{secret} at {where}"


# A wiki for members only


@pytest.fixture
def closed(make_app: Any, make_page: Any, make_user: Any) -> Flask:
    make_page(
        "hidden/aaa", title="Xylophone", text="A marimba.\n", tags=["kalimba"], kind="concept"
    )
    make_user("selam")
    app: Flask = make_app(public_reading=False)
    return app


OPEN = {
    *("static", "hub.healthz", "hub.readyz", "hub.theme", "hub.robots", "hub.favicon"),
    "hub.touch_icon",
    *("hub.logo", "hub.accent", "hub.manifest"),
    *("watching.unsubscribe", "watching.unsubscribe_now"),  # the link in a mail is the proof
}


def test_strangers_read_nothing_of_a_closed_wiki(closed: Flask) -> None:
    person: Any = closed.test_client()
    for rule, address in addresses(closed, VALUES):
        for question in QUESTIONS:
            answer = person.get(address + question, headers={"Accept": "text/html"})
            says_nothing(answer, f"{rule} {address}{question}")
            answer.close()  # until then a static file is open
            if rule.endpoint in OPEN or rule.endpoint.startswith("accounts."):
                continue
            if rule.endpoint.startswith("git.") and answer.status_code == 404:
                continue  # there is no repository for the public
            assert answer.status_code in (302, 401), f"{rule}: {answer.status}"
            if answer.status_code == 302:
                assert answer.location.startswith("/account/login?next="), rule


def test_a_stranger_cannot_tell_whether_there_is_a_page(closed: Flask) -> None:
    person: Any = closed.test_client()
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]:
        for tool in (
            "wiki",
            "history",
            "diff",
            "raw",
            "links",
            "edit",
            "delete",
            "undelete",
            "blame",
        ):
            found, missing = (
                _seen(person.open(f"/{tool}/hidden/{name}", method=method))
                for name in ("aaa", "bbb")
            )
            assert found == tuple(part.replace("bbb", "aaa") for part in missing), tool


def _seen(answer: TestResponse) -> tuple[str, str, str]:
    return (answer.status, answer.text, str(answer.headers))


def test_an_address_that_is_nowhere_is_closed_too(closed: Flask) -> None:
    assert closed.test_client().get("/nowhere").status_code in (302, 401)


def test_programs_are_refused_rather_than_led(closed: Flask) -> None:
    person = closed.test_client()
    for place in ("/changes.atom", "/search/suggest?q=x", "/raw/hidden/aaa"):
        answer = person.get(place, headers={"Accept": "application/json"})
        assert answer.status_code == 401


def test_members_read_a_closed_wiki(closed: Flask) -> None:
    from tests import factories

    for role in ("reader", "learner", "admin"):
        person = factories.client_of(closed, factories.make_user(closed, role, role=role))
        assert "marimba" in person.get("/wiki/hidden/aaa").text
        assert "Xylophone" in person.get("/pages").text


def test_who_signs_out_reads_nothing_more(closed: Flask) -> None:
    from tests import factories

    person = factories.client_of(closed, factories.make_user(closed, "dawit"))
    tag = person.get("/wiki/hidden/aaa").headers["ETag"]
    person.post_form("/account/logout")
    kept = {"If-None-Match": tag, "Accept": "text/html"}
    answer = person.get("/wiki/hidden/aaa", headers=kept)
    assert answer.status_code == 302
    assert "marimba" not in answer.text
