"""The fields of a kind in the editor, on the page, in histories, drafts and conflicts."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.pages.visible_text import main
from tests.person import Person
from wiki.database import db
from wiki.pages.models import Page
from wiki.pages.writing.revision_store import load_content
from wiki.pages.writing.write import SaveResult

TYPED = {
    "field-symptom": "Everything is slow.\n\nSince Monday.",
    "field-error": "OperationalError: <too many> clients & more\n    at line 3",
    "field-environment": "Ubuntu 24.04",
    "field-versions": "Django 5.2, Python 3.12",
    "field-cause": "",
}


@pytest.fixture
def selam(client_of: Callable[[str], Person]) -> Person:
    return client_of("selam")


@pytest.fixture
def challenge(selam: Person) -> str:
    """The address of a challenge with fields."""
    answer = selam.post_form(
        "/new?kind=challenge", title="Slow", text="It is slow.\n", tags="django", **TYPED
    )
    assert answer.status_code == 303
    return str(answer.location)


def test_they_are_stored_and_shown_as_one_card(
    any_app: Any, client: Person, challenge: str
) -> None:
    page = client.get(challenge).text
    assert page.count('class="kind-card"') == 1
    for shown in ("Everything is slow.\n\nSince Monday.", "<bdi>Django 5.2</bdi>", "Ubuntu 24.04"):
        assert shown in page
    assert "OperationalError: &lt;too many&gt; clients &amp; more\n    at line 3" in page
    assert "Cause" not in main(client.get(challenge))


def test_code_in_paragraphs_is_shown_as_code(any_app: Any, client: Person, selam: Person) -> None:
    fix = "Run `nexus <check>`.\n1. **All** of it."
    selam.post_form("/new?kind=challenge", title="Slow", text="Slow.\n", **{"field-fix": fix})
    page = client.get("/wiki/challenges/slow").text
    assert "Run <code>nexus &lt;check&gt;</code>.\n1. **All** of it." in page
    stored = client.get("/api/v1/pages/challenges/slow").json["fields"]["fix"]
    assert stored == fix


def test_the_form_shows_what_is_stored(selam: Person, challenge: str) -> None:
    values = selam.open_form("/edit/challenges/slow").values
    assert {name: values[name] for name in TYPED} == TYPED


def test_an_edit_of_the_text_leaves_them_alone(
    client: Person, selam: Person, challenge: str
) -> None:
    selam.post_form("/edit/challenges/slow", text="It is still slow.\n")
    assert "Everything is slow." in client.get(challenge).text
    history = client.get("/diff/challenges/slow?from=1&to=2").text
    assert "Symptom" not in history


def test_emptied_they_are_gone_and_the_history_shows_it(
    client: Person, selam: Person, challenge: str
) -> None:
    selam.post_form(
        "/edit/challenges/slow", **{"field-symptom": "", "field-cause": "No index.", "text": "Now."}
    )
    page = main(client.get(challenge))
    assert "Everything is slow." not in page
    assert "No index." in page
    diff = main(client.get("/diff/challenges/slow?from=1&to=2"))
    assert "Symptom" in diff
    assert "No index." in diff
    old = main(client.get("/wiki/challenges/slow?revision=1"))
    assert "Everything is slow." in old


def test_what_is_wrong_is_refused_and_comes_back(selam: Person) -> None:
    cases = [
        ("technology website", "javascript:alert(1)", "whole address"),
        ("technology website", "example.org", "whole address"),
        ("technology website", "https:///nowhere", "whole address"),
        ("technology website", "https://e.org/\u202eevil", "whole address"),
        ("technology website", f"https://e.org/{'x' * 1000}", "1000 characters"),
        ("technology version", "newest", "with its number"),
        ("challenge environment", "x" * 301, "300 characters"),
        ("challenge environment", "a\u202eb", "invisible"),
        ("challenge symptom", "x" * 6001, "6000 characters"),
        ("challenge versions", "\n".join(f"v{n}" for n in range(31)), "at most 30"),
        ("project wanted", "world domination", "one of the offered"),
    ]
    for place, wrong, word in cases:
        kind, name = place.split()
        typed = {"title": "Mine", "text": "My own words.\n", "tags": "one", "summary": "Because"}
        answer = selam.post_form(f"/new?kind={kind}", **typed, **{f"field-{name}": wrong})
        assert answer.status_code == 422, place
        assert word in main(answer), place
        values = selam.form_in(answer, "/new").values
        assert values.getlist(f"field-{name}")[-1] == wrong, place
        assert {key: values[key].strip("\n") for key in typed} == {
            k: v.strip("\n") for k, v in typed.items()
        }, place


def test_too_much_together_is_refused(selam: Person) -> None:
    long = {f"field-{name}": "x\n" * 2900 for name in ("symptom", "error", "cause", "fix")}
    answer = selam.post_form("/new?kind=challenge", title="Long", text="Words.\n", **long)
    assert answer.status_code == 422
    assert "too long together" in main(answer)


def test_another_kind_brings_its_fields_and_nothing_typed_is_lost(
    selam: Person, client: Person
) -> None:
    form = selam.open_form("/new?kind=challenge")
    shown = form.submit(
        title="Two",
        text="Words.\n",
        kind="project",
        action="kind",
        **{"field-symptom": "It hangs."},
    )
    assert shown.status_code == 200
    second = selam.form_in(shown, "/new")
    assert "field-chat" in second.names
    assert second.values["field-symptom"] == "It hangs."
    back = selam.form_in(second.submit(kind="challenge", action="preview"), "/new")
    assert back.values["field-symptom"] == "It hangs."
    saved = second.submit(**{"field-wanted": ["front end", "design"]})
    page = main(client.get(saved.location))
    assert "front end" in page
    assert "It hangs." not in page, "the field of another kind is no part of this one"


def test_an_import_s_values_survive_whatever_they_are(
    any_app: Any, selam: Person, client: Person, make_page: Callable[..., SaveResult]
) -> None:
    fields = {"website": "soon", "version": "newest", "weight": "10", "aliases": ["a", "b, c"]}
    make_page("technologies/redis", kind="technology", fields=fields)
    answer = selam.post_form("/edit/technologies/redis", text="Another text.\n")
    assert answer.status_code == 303
    exported = client.get("/wiki/technologies/redis").text
    assert "soon" in exported
    assert 'href="soon"' not in exported
    answer = selam.post_form("/edit/technologies/redis", **{"field-version": "7.4"})
    assert answer.status_code == 303
    values = selam.open_form("/edit/technologies/redis").values
    assert (values["field-website"], values["field-version"]) == ("soon", "7.4")


def test_a_dangerous_link_of_an_import_is_only_text(
    client: Person, make_page: Callable[..., SaveResult]
) -> None:
    evil = "javascript:alert(1)//<script>"
    make_page("projects/x", kind="project", fields={"chat": evil, "repositories": [evil, evil]})
    page = client.get("/wiki/projects/x").text
    assert "javascript:alert(1)//&lt;script&gt;" in page
    assert 'href="javascript' not in page


def test_boxes_can_all_be_unticked(selam: Person, client: Person) -> None:
    selam.post_form(
        "/new?kind=project", title="P", text="Words.\n", **{"field-wanted": ["design", "data"]}
    )
    selam.post_form("/edit/projects/p", **{"field-wanted": ""})
    assert "Collaborators wanted" not in main(client.get("/wiki/projects/p"))


def test_a_draft_keeps_them(selam: Person) -> None:
    form = selam.open_form("/new?kind=challenge")
    form.submit(title="Draft", text="Words.\n", action="preview", **TYPED)
    (link,) = [w for w in selam.get("/drafts").text.split('"') if w.startswith("/drafts/")][:1]
    found = selam.get(link).text
    address = next(w for w in found.split('"') if w.startswith("/new?draft="))
    values = selam.open_form(address.replace("&amp;", "&")).values
    assert {name: values[name] for name in TYPED} == TYPED


def test_two_people_change_different_fields(
    any_app: Any, selam: Person, client_of: Callable[[str], Person], client: Person, challenge: str
) -> None:
    mine, theirs = (each.open_form("/edit/challenges/slow") for each in (selam, client_of("dawit")))
    theirs.submit(**{"field-cause": "No index."})
    assert mine.submit(**{"field-fix": "CREATE INDEX."}).status_code == 303
    page = main(client.get(challenge))
    assert "No index." in page
    assert "CREATE INDEX." in page


def test_a_conflict_brings_them_back(
    selam: Person, client_of: Callable[[str], Person], client: Person, challenge: str
) -> None:
    mine, theirs = (each.open_form("/edit/challenges/slow") for each in (selam, client_of("dawit")))
    theirs.submit(text="Theirs.\n", **{"field-cause": "No index."})
    answer = mine.submit(text="Mine.\n", **{"field-fix": "CREATE INDEX."})
    assert answer.status_code == 409
    form = selam.form_in(answer, "/edit/challenges/slow")
    assert (form.values["field-cause"], form.values["field-fix"]) == ("No index.", "CREATE INDEX.")
    assert form.submit(action="resolve", **{"choice-0": "mine"}).status_code == 303
    page = main(client.get(challenge))
    assert "No index." in page
    assert "CREATE INDEX." in page


def test_the_preview_shows_the_card(selam: Person) -> None:
    answer = selam.post(
        "/preview",
        data={"text": "Words.", "kind": "challenge", "field-symptom": "It <hangs>."},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert "It &lt;hangs&gt;." in answer.text


def test_a_restored_revision_has_its_fields_again(
    selam: Person, client: Person, challenge: str
) -> None:
    selam.post_form("/edit/challenges/slow", **{"field-symptom": ""})
    selam.post_form("/restore/challenges/slow?revision=1")
    assert "Everything is slow." in main(client.get(challenge))


def test_what_wasn_t_sent_stays_and_is_checked_as_it_was(
    selam: Person, client: Person, challenge: str
) -> None:
    selam.post_form("/edit/challenges/slow", status="solved")
    form = selam.open_form("/edit/challenges/slow")
    assert form.submit(text="Now.\n", status=None, kind=None).status_code == 303
    assert selam.open_form("/edit/challenges/slow").values["status"] == "solved"
    refused = form.submit(kind=None, status=None, **{"field-environment": "x" * 301})
    assert refused.status_code == 422
    again = selam.form_in(refused, "/edit/challenges/slow")
    assert again.values["kind"] == "challenge"
    assert again.values["status"] == "solved"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("technology", {"website": ["https://a.example", "https://b.example"]}),
        ("technology", {"version": ["Django 5.2", "5.1"], "website": "https://a\nb"}),
        ("challenge", {"environment": ["Ubuntu", "WSL"], "versions": ["a\n1", "b 2"]}),
        ("challenge", {"symptom": ["It hangs.", "It is slow."]}),
        ("project", {"wanted": ["writing", "poetry", "design", "design"]}),
        ("guide", {"review_by": ["soon", "2026-11-30"]}),
    ],
)
def test_an_import_s_lists_survive_an_edit_untouched(
    app: Flask, selam: Person, make_page: Callable[..., SaveResult], kind: str, fields: Any
) -> None:
    page = make_page("here", kind=kind, fields=fields)
    assert selam.post_form("/edit/here", text="Another text.\n").status_code == 303
    with app.app_context():
        stored = load_content(db.session(), page.page_id, 2)
    assert stored.text == "Another text.\n"
    assert {name: stored.fields[name] for name in fields} == fields


def test_several_values_for_one_are_refused_when_they_are_changed(
    selam: Person, client: Person, make_page: Callable[..., SaveResult]
) -> None:
    make_page("here", kind="technology", fields={"website": ["https://a.example", "b"]})
    changed = "https://a.example\nhttps://c.example"
    answer = selam.post_form("/edit/here", **{"field-website": changed})
    assert answer.status_code == 422
    assert "only 1 value" in main(answer)
    assert selam.form_in(answer, "/edit/here").values["field-website"] == changed


def test_what_was_typed_for_another_kind_is_kept_with_the_page(
    selam: Person, client: Person, challenge: str
) -> None:
    form = selam.open_form("/edit/challenges/slow")
    shown = form.submit(
        kind="project", action="kind", **{"field-cause": "No index.", "field-review_by": "soon"}
    )
    assert "Kept, but not shown on a page of this kind: Symptom, " in main(shown)
    second = selam.form_in(shown, "/edit/challenges/slow")
    assert second.submit(**{"field-review_by": ""}).status_code == 303
    assert "No index." not in main(client.get(challenge))
    again = selam.open_form("/edit/challenges/slow").submit(kind="challenge", action="kind")
    back = selam.form_in(again, "/edit/challenges/slow")
    assert back.values["field-cause"] == "No index."
    assert back.submit().status_code == 303
    assert "No index." in main(client.get(challenge))


def test_a_form_can_t_fill_in_what_no_kind_has(app: Flask, selam: Person, challenge: str) -> None:
    form = selam.open_form("/edit/challenges/slow")
    sent = {"field-obsolete": "yes", "field-summary": "Mine", "field-nothing": "x"}
    form.submit(**sent, **{"field-cause": "No index."})
    with app.app_context():
        page_id = db.session.scalars(db.select(Page.id)).one()
        stored = load_content(db.session(), page_id, 2).fields
    assert stored["cause"] == "No index."
    assert not {"obsolete", "summary", "nothing"} & stored.keys()
