"""Kinds of page that administrators add."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.community.run_notifier import wait_until_final
from tests.hostile_names import OWN
from tests.pages.visible_text import main
from tests.person import Person
from wiki import create_app
from wiki.app_state import settings_of
from wiki.database import db
from wiki.kinds.current import all_kinds
from wiki.pages.models import Page
from wiki.search.models import OutboxEntry
from wiki.search.outbox import pending
from wiki.search.position import Position

RECIPE = {
    "label": "Recipe",
    "plural": "Recipes",
    "folder": "recipes",
    "outline": "## What you need for {title}\n",
    "fields-0-label": "Cuisine",
    "fields-0-type": "choice",
    "fields-0-choices": "Ethiopian\nEritrean",
}


@pytest.fixture
def boss(client_of: Callable[..., Person]) -> Person:
    return client_of("boss", role="admin")


def test_an_added_kind_is_known_everywhere(
    any_app: Flask, boss: Person, client: Person, client_of: Callable[[str], Person]
) -> None:
    selam = client_of("selam")
    selam.get("/new")
    answer = boss.post_form("/admin/kinds/new", **RECIPE)
    assert answer.location == "/admin/kinds/recipe"
    form = selam.open_form("/new?kind=recipe&title=Injera")
    assert form.values["text"] == "## What you need for Injera"
    saved = form.submit(text="Teff.\n", **{"field-cuisine": "Ethiopian"})
    assert saved.location == "/wiki/recipes/injera"
    assert "Cuisine Ethiopian" in main(client.get(saved.location))
    for address in ("/", "/kinds/", "/kinds/recipe", "/pages", "/new?kind=recipe"):
        assert "Recipe" in selam.get(address).text, address
    selam.post_form("/new", title="List", text="```pages\nkind: recipe\n```\n")
    assert "Injera" in main(client.get("/wiki/list"))
    assert "Kind of page added" in main(boss.get("/admin/audit"))


def test_a_command_that_asks_of_every_page_reads_them_once_a_second(
    app: Flask, queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = 1_000.0
    monkeypatch.setattr("wiki.kinds.current.time.monotonic", lambda: clock)
    with app.app_context():
        all_kinds()
        for _ in range(2):
            clock += 2
            with queries() as seen:
                all_kinds()
                all_kinds()
            assert len(seen) == 1


def test_another_worker_knows_it_at_once(app: Flask, boss: Person) -> None:
    other = create_app(settings_of(app))
    reader = other.test_client()
    assert reader.get("/kinds/recipe").status_code == 404
    boss.post_form("/admin/kinds/new", **RECIPE)
    assert reader.get("/kinds/recipe").status_code == 200
    with other.app_context():
        db.engine.dispose()


def test_a_new_label_keeps_its_pages(
    boss: Person, client: Person, client_of: Callable[[str], Person]
) -> None:
    boss.post_form("/admin/kinds/new", **RECIPE)
    fields = {"field-cuisine": "Eritrean"}
    client_of("selam").post_form("/new?kind=recipe", title="Injera", text="Teff.\n", **fields)
    assert "Recipe" in main(client.get("/wiki/recipes/injera"))
    new = {"label": "Dish", "plural": "Dishes", "fields-0-label": "Where from"}
    assert boss.post_form("/admin/kinds/recipe", **new).status_code == 303
    page = main(client.get("/wiki/recipes/injera"))
    assert "Dish" in page
    assert "Where from Eritrean" in page
    assert "Injera" in main(client.get("/kinds/recipe"))


def test_a_retired_kind_stays_that_of_its_pages(
    boss: Person, client: Person, client_of: Callable[[str], Person]
) -> None:
    boss.post_form("/admin/kinds/new", **RECIPE)
    selam = client_of("selam")
    selam.post_form("/new?kind=recipe", title="Injera", text="Teff.\n")
    retire = "/admin/kinds/recipe/retire"
    assert boss.form_in(boss.get("/admin/kinds/recipe"), retire).submit().status_code == 303
    assert "Recipe</option>" not in selam.get("/new").text
    assert "Recipe" in main(client.get("/wiki/recipes/injera"))
    saved = selam.post_form("/edit/recipes/injera", text="Teff, and water.\n")
    assert saved.status_code == 303
    assert "Recipe" in main(client.get("/wiki/recipes/injera"))
    assert "Injera" in main(client.get("/kinds/recipe"))
    token = boss.open_form("/admin/kinds/recipe").values["csrf_token"]
    boss.post(retire, data={"back": "y", "csrf_token": token})
    assert "Recipe</option>" in selam.get("/new").text


def test_what_can_be_no_kind_is_refused_and_comes_back(boss: Person) -> None:
    cases = [
        ({"label": ""}, "Enter a label"),
        ({"label": "ምግብ"}, "lowercase Latin letters"),
        ({"label": "Challenge", "plural": "Ones"}, "already taken"),
        ({"label": "x" * 61, "name": "x"}, "60 characters"),
        ({"label": "a\u202eb", "name": "x"}, "invisible"),
        ({"name": "project"}, "already taken"),
        ({"name": "No Name!"}, "lowercase Latin letters"),
        ({"folder": "a/?"}, "folder can’t contain"),
        ({"folder": "a//b"}, "two slashes in a row"),
        ({"folder": "a/../b"}, "dots only"),
        ({"folder": "a\u202eb"}, "Remove the invisible characters"),
        ({"folder": f"{'a' * 60}/{'b' * 60}"}, "Shorten it to 100 characters"),
        ({"folder": "a" * 101}, "Shorten it to 100 characters"),
        ({f"fields-{n}-label": f"Field {n}" for n in range(21)}, "more than 20 fields"),
        ({"fields-0-choices": "\n".join(map(str, range(200)))}, "choices."),
        ({"fields-1-hint": "Only a hint"}, "Enter a label"),
        ({"outline": "x" * 8001}, "8000 characters"),
        ({"fields-0-name": "title"}, "means something else here"),
        ({"name": "new"}, "means something else here"),
        ({"fields-0-choices": ""}, "at least one choice"),
        ({"fields-0-label": "", "fields-0-name": "x"}, "Enter a label"),
    ]
    for wrong, word in cases:
        typed = {**RECIPE, **wrong}
        answer = boss.post_form("/admin/kinds/new", **typed)
        assert answer.status_code == 422, wrong
        assert word in main(answer), wrong
        values = boss.form_in(answer, "/admin/kinds/new").values
        assert {name: values[name].strip("\n") for name in typed} == {
            name: value.strip("\n") for name, value in typed.items()
        }, wrong
        assert boss.get("/kinds/recipe").status_code == 404, wrong


def test_fields_are_added_and_moved_without_scripts(boss: Person) -> None:
    form = boss.open_form("/admin/kinds/new")
    more = boss.form_in(form.submit(**RECIPE, move="add"), "/admin/kinds/new")
    swapped = more.submit(**{"fields-1-label": "Hours", "move": "1-up"})
    values = boss.form_in(swapped, "/admin/kinds/new")
    assert values.values["fields-0-label"] == "Hours"
    assert values.submit().status_code == 303
    stored = boss.open_form("/admin/kinds/recipe").values
    assert (stored["fields-0-name"], stored["fields-1-name"]) == ("hours", "cuisine")


def test_two_administrators_at_once(boss: Person, client_of: Callable[..., Person]) -> None:
    boss.post_form("/admin/kinds/new", **RECIPE)
    mine = boss.open_form("/admin/kinds/recipe")
    client_of("abeba", role="admin").post_form("/admin/kinds/recipe", label="Dish")
    answer = mine.submit(label="Meal")
    assert answer.status_code == 409
    form = boss.form_in(answer, "/admin/kinds/recipe")
    assert form.values["label"] == "Meal"
    assert form.submit().status_code == 303


def test_hostile_labels_are_shown_as_text(boss: Person, client: Person) -> None:
    label = '<img src=x onerror="alert(1)">'
    boss.post_form(
        "/admin/kinds/new", **{**RECIPE, "label": label, "plural": label, "name": "evil"}
    )
    for address in ("/kinds/", "/kinds/evil", "/pages"):
        page = client.get(address).text
        assert "<img src=x" not in page, address
        assert "&lt;img src=x" in page, address


def test_any_label_is_taken_or_refused(boss: Person) -> None:
    seen: set[Any] = set()
    for number, label in enumerate(OWN[:12]):
        answer = boss.post_form("/admin/kinds/new", label=label, plural="", name=f"kind-{number}")
        seen.add(answer.status_code)
    assert seen <= {303, 422}
    assert boss.get("/kinds/").status_code == 200


def test_a_field_to_be_removed_stays_ticked_while_others_move(boss: Person) -> None:
    boss.post_form("/admin/kinds/new", **RECIPE)
    form = boss.open_form("/admin/kinds/recipe")
    answer = form.submit(**{"fields-0-is_removed": True, "move": "add"})
    again = boss.form_in(answer, "/admin/kinds/recipe")
    moved = boss.form_in(
        again.submit(**{"fields-1-label": "Hours", "move": "1-up"}), "/admin/kinds/recipe"
    )
    assert moved.submit().status_code == 303
    stored = boss.open_form("/admin/kinds/recipe").values
    assert stored["fields-0-label"] == "Hours"
    assert "fields-1-label" not in stored


@pytest.mark.parametrize("index", ["²", "9" * 5000, "-1", ""])
def test_what_only_looks_like_a_number_of_a_row_is_none(boss: Person, index: str) -> None:
    fields = {**RECIPE, f"fields-{index}-label": "Hours"}
    assert boss.post_form("/admin/kinds/new", **fields).status_code == 303
    assert "fields-1-label" not in boss.open_form("/admin/kinds/recipe").values


def test_all_its_pages_are_indexed_again_when_its_fields_change(
    any_app: Flask, boss: Person
) -> None:
    boss.post_form("/admin/kinds/new", **RECIPE)
    for number in range(3):
        boss.post_form("/new?kind=recipe", title=f"Injera {number}", text="Teff.\n")
    boss.post_form("/new", title="Other", text="Words.\n")
    boss.post_form("/admin/kinds/recipe", **{"fields-0-type": "text"})
    wait_until_final(any_app)
    with any_app.app_context():
        pages = set(db.session.scalars(db.select(Page.id).filter_by(kind="recipe")))
        assert len(pages) == 3
        rows = db.select(OutboxEntry).where(OutboxEntry.event == "visibility")
        found = db.session.scalars(rows).all()
        assert sorted(row.page_id for row in found) == sorted(pages)
        assert pages <= {row.page_id for row in pending(db.session(), Position(), 99)}
