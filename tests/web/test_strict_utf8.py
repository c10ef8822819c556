"""Whatever an address or a form asks for, the wiki answers and never fails."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests import routes
from tests.files.upload_forms import picture, send
from tests.person import Person
from wiki.database import db

TOO_LONG, TOO_LARGE = "9" * 25, str(2**31)  # the latter is a valid integer, but no id
NUL, SURROGATE, BYTES = "a%00b", "%ED%A0%80", "%FF" + "a" * 5_000
# Of these, a path with NUL and a query that isn't text are refused before anything else is done.
IN_PATH, IN_QUERY = (TOO_LONG, TOO_LARGE, BYTES), (TOO_LONG, TOO_LARGE, NUL)
EVERYWHERE = (NUL, SURROGATE)
# What only a database that is stricter than SQLite minds.
MINDED = (TOO_LARGE, NUL)
# Parameters of queries, one at a time: one error would hide the others.
QUESTIONS = {
    "/account/login": "next",
    "/changes": "page",
    "/diff/here": "from to view deleted",
    "/edit/here": "draft section",
    "/files/": "in page q type",
    "/files/1/plan.png": "download v width",
    "/files/upload": "next page replaces",
    "/history/here": "author deleted page",
    "/kinds/challenge": "page status",
    "/new": "draft kind path title",
    "/pages": "letter page",
    "/pages/titles": "q",
    "/raw/here": "deleted revision",
    "/restore/here": "revision",
    "/search": "narrow page per_page q sort",
    "/search/old": "before page q",
    "/search/suggest": "q",
    "/tags/tag": "page",
    "/theme": "next",
    "/undelete/here": "deleted",
    "/wiki/here": "revision",
}
NAMES = sorted({name for names in QUESTIONS.values() for name in names.split()})


@pytest.fixture
def administrator(any_app: Flask, make_page: Any, client_of: Any) -> Person:
    """An administrator, in a wiki that has one of each."""
    person: Person = client_of("selam", role="admin")
    make_page("here", text="# A\n\nA text.\n", tags=["tag"])
    assert send(person, ("plan.png", picture()), page="here").status_code == 303
    draft = person.open_form("/edit/here").values
    assert person.post("/drafts", data={**draft, "page": "here"}).status_code == 200
    return person


@pytest.mark.slow
def test_any_address_is_answered(any_app: Flask, administrator: Person) -> None:
    asked = 0
    with any_app.app_context():
        dialect = db.engine.dialect.name
    for address in _addresses(any_app, None if dialect == "sqlite" else MINDED):
        with administrator.get(address) as answer:
            assert answer.status_code < 500, f"{address[:80]}: {answer.status}"
        asked += 1
    assert asked > 500


def _addresses(app: Flask, only: tuple[str, ...] | None) -> Iterator[str]:
    """Every address with a hostile value in one of its parameters, in all of them, and after it.

    A few have each value everywhere; with `only`, the others have no values but these.
    """
    known = {"path": "here", "tag": "tag", "name": "plan.png"}
    values = {name: str(one) for name, one in (routes.VALUES | known).items()}
    in_path = [value for value in IN_PATH if only is None or value in only]
    in_query = [value for value in IN_QUERY if only is None or value in only]
    for value in EVERYWHERE:
        yield from (f"/{tool}/{value}" for tool in ("wiki", "edit", "tags", "users"))
    for rule, address in routes.addresses(app, known):
        if "GET" not in (rule.methods or ()):
            continue
        for value in in_path:
            yield from (_filled(rule, {**values, name: value}) for name in rule.arguments)
            if len(rule.arguments) > 1:
                yield _filled(rule, dict.fromkeys(rule.arguments, value))
        # Ids are parsed at one place, whatever their names.
        for value in in_query[-2:]:
            yield f"{address}?" + "&".join(f"{name}={value}" for name in NAMES)
    for address, names in QUESTIONS.items():
        for value in in_query:
            yield from (f"{address}?{name}={value}" for name in names.split())


def _filled(rule: Rule, values: dict[str, str]) -> str:
    """The address of `rule`, even with values that its converter refuses."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda place: values[place[1]], rule.rule)


def test_an_id_that_none_can_be_leads_nowhere(any_app: Flask, administrator: Person) -> None:
    token = administrator.open_form("/new").values["csrf_token"]
    for number in ("2147483648", "9" * 25):
        for address in (f"files/{number}", f"files/{number}/plan.png", f"drafts/{number}"):
            assert administrator.get(f"/{address}").status_code == 404
        for address in ("files/rename", "files/restore", "files/delete", "files/undelete"):
            answer = administrator.post(f"/{address}/{number}", data={"csrf_token": token})
            assert answer.status_code == 404


def test_nul_in_a_question_names_nothing(any_app: Flask, administrator: Person) -> None:
    assert administrator.get("/files/1/plan.png?v=%00").status_code == 404
    assert administrator.get("/files/?in=a%00b").status_code == 404
    found = administrator.get("/files/?q=%00")
    assert found.status_code == 200
    assert "plan.png" not in found.text


def test_nul_in_a_form_that_names_a_page(any_app: Flask, administrator: Person) -> None:
    values = administrator.open_form("/new").values
    draft = administrator.post("/drafts", data={**values, "page": "here\x00"})
    assert draft.status_code == 404
    sent = send(administrator, ("other.png", picture()), page="here\x00")
    assert sent.status_code == 404


def test_nul_in_a_form_is_shown_as_such(any_app: Flask, administrator: Person) -> None:
    values = {"csrf_token": administrator.open_form("/new").values["csrf_token"]}
    note = {**values, "note": "a\x00b"}
    assert administrator.post("/groups/", data={**note, "name": "Testing"}).status_code == 303
    assert administrator.post("/groups/1", data={**values, "names": "a\x00b"}).status_code == 422
    invited = administrator.post(
        "/admin/invitations", data=note, content_type="multipart/form-data"
    )
    assert invited.status_code == 200
    assert "a\ufffdb" in administrator.get("/admin/invitations").text


def test_nul_in_an_editor(any_app: Flask, administrator: Person) -> None:
    form = administrator.open_form("/new")
    shown = form.submit(action="preview", title="a\x00b", draft_key="", text="Typed.\n")
    assert shown.status_code == 200
    assert "Typed." in shown.text


@pytest.mark.parametrize("name", ["title", "section"])
def test_nul_in_a_draft_goes_on_with_the_same_draft(
    any_app: Flask, administrator: Person, name: str
) -> None:
    address = "/new" if name == "title" else "/edit/here"
    values = administrator.open_form(address).values
    data = {**values, "page": "here" if name == "section" else "", "draft_key": "", name: "a\x00b"}
    first, second = (administrator.post("/drafts", data=data) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.get_json()["id"] == second.get_json()["id"]


NO_TEXT = ["%ff%fe", "%c3", "%c3%28", "%ed%a0%80", "a%80"]


def test_bytes_that_are_no_text_are_refused_and_stored_nowhere(
    app: Flask, administrator: Person
) -> None:
    values = dict(administrator.open_form("/edit/here").values) | {"text": "MARK"}
    before = administrator.get("/raw/here").data
    for sent in NO_TEXT:
        body = urlencode(values).replace("MARK", sent)
        answer = administrator.post(
            "/edit/here", data=body, content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code == 400, sent
        assert "valid UTF-8 text" in answer.text, sent
        assert administrator.get("/raw/here").data == before, sent
        for address in ("/search?q=", "/changes?person=", "/files/?q=", "/account/login?next=/"):
            assert administrator.get(address + sent).status_code == 400, sent


def test_neither_are_those_of_a_form_with_files(administrator: Person) -> None:
    values = dict(administrator.open_form("/files/upload").values)
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    parts.append(b'--b\r\nContent-Disposition: form-data; name="next"\r\n\r\n\xff\xfe\r\n--b--\r\n')
    answer = administrator.post(
        "/files/upload", data=b"".join(parts), content_type="multipart/form-data; boundary=b"
    )
    assert answer.status_code == 400
    assert "valid UTF-8 text" in answer.text


def test_a_field_without_a_readable_name_is_none(administrator: Person) -> None:
    """As a control character in a name of a form with files makes it."""
    token = administrator.open_form("/files/upload").values["csrf_token"].encode()
    head = b"--b\r\nContent-Disposition: form-data"
    names = (b'; name="a\x01"', b"", b'; name="csrf_token"')
    parts = [head + name + b"\r\n\r\n" + token + b"\r\n" for name in names]
    parts.append(b"--b--\r\n")
    answer = administrator.post(
        "/files/upload", data=b"".join(parts), content_type="multipart/form-data; boundary=b"
    )
    assert answer.status_code == 422  # no file was chosen


def test_a_sign_that_stands_for_no_text_is_text(administrator: Person) -> None:
    assert administrator.post_form("/edit/here", text="\ufffd \u1208\n").status_code == 303
    assert administrator.get("/raw/here").text == "\ufffd \u1208\n"
