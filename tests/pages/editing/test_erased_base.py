"""The text that an edit was begun from is erased before it is saved: nothing typed is lost."""

from typing import Any

import pytest

from tests.pages.visible_text import main, raw
from tests.person import Person

TEXT = "Alpha, a secret.\n\n## One\n\nBeta.\n"


@pytest.fixture(autouse=True)
def page(make_page: Any) -> None:
    make_page("parts", text=TEXT)


def erase(admin: Person) -> None:
    answer = admin.post_form("/erase/parts?revision=1", summary="Why", containing="secret")
    assert answer.status_code == 303


def test_a_section_comes_back_with_what_to_do(selam: Person, admin: Person) -> None:
    form = selam.open_form("/edit/parts?section=one")
    erase(admin)
    answer = form.submit(text="## One\n\nMy hour’s work.\n")
    assert answer.status_code == 409
    assert "Copy your text, open the whole page" in main(answer)
    assert "My hour’s work." in answer.text


def test_a_conflict_is_asked_about_with_the_page_as_it_is(
    client: Person, selam: Person, dawit: Person, admin: Person
) -> None:
    form = selam.open_form("/edit/parts")
    dawit.post_form("/edit/parts", text=TEXT.replace("Beta", "Gamma"))
    asked = selam.form_in(form.submit(text=TEXT.replace("Beta", "My work")), "/edit/parts")
    erase(admin)
    again = asked.submit(action="resolve", **{"choice-0": "mine"})
    assert again.status_code == 422
    asked = selam.form_in(again, "/edit/parts")
    assert "My work" in asked.values["mine"]
    chosen = asked.submit(action="resolve", **{"choice-0": "own", "own-0": "My work.\n"})
    assert chosen.status_code == 303
    assert raw(client, "parts") == "My work.\n"
