"""Whatever form is sent, an error gives back what was typed into it, but for secrets."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, PasswordField
from wtforms.fields.core import UnboundField

import wiki
from tests.person import Person
from tests.routes import addresses
from wiki.error_pages.preserved_form import MACHINERY, is_secret
from wiki.web.csrf import ProtectedForm
from wiki.web.hidden_number import HiddenNumberField

PARTS = {"accounts", "admin", "discussion", "files", "pages", "proposals"}  # that have forms
LONG = "What I typed for an hour.\n\nAnd then\tsome.\n"


@pytest.fixture
def selam(client_of: Any) -> Person:
    person: Person = client_of("selam")
    return person


def _forms(base: type) -> Iterator[type]:
    for form in base.__subclasses__():
        yield form
        yield from _forms(form)


@pytest.fixture(scope="module")
def fields() -> dict[str, set[type]]:
    """The names of the fields of all forms that are sent, with what they are in each."""
    for module in pkgutil.walk_packages(wiki.__path__, "wiki."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: dict[str, set[type]] = {}
    for form in _forms(ProtectedForm):
        for name in dir(form):
            if isinstance(field := getattr(form, name, None), UnboundField):
                found.setdefault(name, set()).add(field.field_class)
    return found


def test_all_passwords_are_secret_and_little_else(fields: dict[str, set[type]]) -> None:
    passwords = {name for name, kinds in fields.items() if PasswordField in kinds}
    assert passwords
    assert {name for name in fields if is_secret(name)} == passwords | {"code", "credential"}
    assert is_secret("csrf_token")
    assert not is_secret("field-code"), "a kind may ask for anything"


def test_nothing_that_is_typed_counts_as_machinery(fields: dict[str, set[type]]) -> None:
    typed = {
        name
        for name, kinds in fields.items()
        if not all(issubclass(kind, HiddenField | HiddenNumberField) for kind in kinds)
    }
    assert typed & MACHINERY == set()
    hidden = fields.keys() - typed
    assert {name for name in hidden if not is_secret(name)} - MACHINERY <= {
        "scope",
        "since",
        "state",
    }


def test_every_part_of_the_wiki_gives_back_every_field(
    app: Flask, client_of: Any, fields: dict[str, set[type]]
) -> None:
    admin = client_of("liya", role="admin")
    sent = MultiDict([(name, f"{name} {n}") for name in fields for n in (1, 2)])
    sent.add("field-cause", LONG)
    kept = MultiDict([pair for pair in sent.items(multi=True) if not is_secret(pair[0])])
    tried: set[str] = set()
    for rule, address in addresses(app, {"path": "redis", "tag": "db", "name": "a.txt"}):
        part = rule.endpoint.partition(".")[0]
        if "POST" not in (rule.methods or ()) or part not in PARTS - tried:
            continue
        answer = admin.post(address, data=sent)
        assert answer.status_code == 400, f"{address}: {answer.status}"
        form = admin.form_in(answer, address, has="field-cause")
        assert form.action == address
        del form.values["csrf_token"]
        assert form.values == kept, address
        tried.add(part)
    assert tried == PARTS


# One form of each kind, in other errors


def test_what_a_kind_asks_for_comes_back(selam: Person, make_page: Any) -> None:
    make_page("docker", kind="challenge")
    form = selam.open_form("/edit/docker")
    assert "field-cause" in form.values
    answer = form.submit(**{"csrf_token": "no", "field-cause": LONG, "tags": "db"})
    assert answer.status_code == 400
    again = selam.form_in(answer, "/edit/docker")
    assert "Nothing you typed is lost" in answer.text
    assert "Save again" in answer.text
    assert again.submit().status_code == 303
    cause = selam.open_form("/edit/docker").values["field-cause"]
    assert "What I typed for an hour." in cause


def test_a_decision_keeps_its_reason_and_its_button(
    app: Flask, client_of: Any, make_page: Any
) -> None:
    make_page("redis")
    reader, mentor = client_of("hana", role="reader"), client_of("dawit", role="mentor")
    address = reader.post_form("/propose/redis", text="New.\n").headers["Location"]
    form = mentor.form_in(mentor.get(address), f"{address}/answer")
    answer = form.submit(csrf_token="no", action="decline", reason="It is there already.")
    assert "It is there already." in answer.text
    mentor.form_in(answer, f"{address}/answer").submit()
    assert "Declined" in mentor.get(address).text


def test_what_another_site_sent_waits_for_no_button(selam: Person) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    answer = selam.post("/new", data={"title": "Planted", "text": LONG}, headers=headers)
    assert answer.status_code == 400
    assert "Planted" not in answer.text


def test_a_button_alone_is_pressed_again_where_it_stands(selam: Person, make_page: Any) -> None:
    make_page("redis")
    answer = selam.post("/delete/redis", data={"base_revision": "1"})
    assert answer.status_code == 400
    assert "Try again" not in answer.text
