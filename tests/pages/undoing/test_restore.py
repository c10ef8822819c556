"""Making an old revision the current one again."""

from typing import Any

import pytest

from tests.pages.visible_text import count_revisions, main, raw
from tests.person import Person


@pytest.fixture(autouse=True)
def page(make_page: Any, selam: Person) -> None:
    make_page("redis", text="The first.\n", tags=["one"])
    selam.post_form("/edit/redis", text="The second, with [[Celery]].\n", tags="two", title="Two")


def test_it_works(client: Person, dawit: Person) -> None:
    asked = dawit.get("/restore/redis?revision=1")
    assert "Revision 1" in main(asked)
    assert "<ins>first</ins>" in asked.text
    answer = dawit.post_form("/restore/redis?revision=1")
    assert answer.status_code == 303
    assert "Revision 1 has been restored as revision 3." in main(dawit.get("/wiki/redis"))
    assert raw(client, "redis") == "The first.\n"
    page = client.get("/wiki/redis")
    assert 'href="/tags/one"' in page.text
    assert "<title>Redis ·" in page.text
    history = main(client.get("/history/redis"))
    assert "Restored revision 1" in history
    assert "dawit" in history
    assert count_revisions(client, "redis") == 3


def test_a_reason_can_be_given(client: Person, dawit: Person) -> None:
    dawit.post_form("/restore/redis?revision=1", summary="It was better")
    assert "It was better" in main(client.get("/history/redis"))


def test_restoring_what_stands_there_changes_nothing(client: Person, selam: Person) -> None:
    assert selam.post_form("/restore/redis?revision=2").status_code == 303
    told = main(selam.get("/wiki/redis"))
    assert "You haven’t changed anything" in told
    assert "has been restored" not in told
    assert count_revisions(client, "redis") == 2


def test_a_page_that_changed_meanwhile_is_asked_about_again(
    client: Person, selam: Person, dawit: Person
) -> None:
    form = dawit.open_form("/restore/redis?revision=1")
    selam.post_form("/edit/redis", text="The third.\n")
    answer = form.submit(summary="My reason")
    assert answer.status_code == 409
    assert raw(client, "redis") == "The third.\n"
    again = dawit.form_in(answer, "/restore/redis?revision=1")
    assert again.values["summary"] == "My reason"
    assert again.submit().status_code == 303
    assert raw(client, "redis") == "The first.\n"


def test_a_form_that_saw_no_revision_restores_nothing(client: Person, selam: Person) -> None:
    answer = selam.open_form("/restore/redis?revision=1").submit(base_revision=None)
    assert answer.status_code == 409
    assert count_revisions(client, "redis") == 2


def test_a_revision_that_there_is_not(selam: Person) -> None:
    for number in ["", "0", "3", "-1", "abc", "9999999999", "%00", "١"]:
        assert selam.get(f"/restore/redis?revision={number}").status_code == 404, number


def test_a_revision_that_there_is_not_is_not_restored(client: Person, selam: Person) -> None:
    for number in ["0", "3", "abc", "9999999999"]:
        form = selam.open_form("/restore/redis?revision=1")
        form.action = "/restore/redis"
        assert form.submit(revision=number).status_code == 404, number
        assert count_revisions(client, "redis") == 2, number


def test_who_may(client: Person, reader: Person) -> None:
    assert reader.get("/restore/redis?revision=1").status_code == 403
    answer = client.get("/restore/redis?revision=1")
    assert answer.status_code == 302
    assert answer.location == "/account/login?next=/restore/redis?revision%3D1"
