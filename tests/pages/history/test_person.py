"""A person's page: what they wrote."""

from typing import Any

from tests.pages.visible_text import main
from tests.person import Person


def test_it_works(client: Person, selam: Person, dawit: Person, make_page: Any) -> None:
    make_page("redis", text="One.\n")
    selam.post_form("/edit/redis", text="Two.\n", summary="Hers")
    dawit.post_form("/edit/redis", text="Three.\n", summary="His")
    answer = client.get("/users/selam")
    assert answer.status_code == 200
    words = main(answer)
    assert "Hers" in words
    assert "1 change" in words
    assert "His" not in words


def test_who_wrote_nothing_yet(client: Person, selam: Person) -> None:
    assert "No changes yet" in main(client.get("/users/selam"))
    assert "/new" in selam.get("/users/selam").text


def test_capitals_of_a_name_mean_nothing(client: Person, selam: Person) -> None:
    assert client.get("/users/SELAM", follow_redirects=True).status_code == 200


def test_nobody_of_that_name(client: Person) -> None:
    for name in ["nobody", "%00", "%FF", "..", "a" * 400, "<b>", "sel%20am"]:
        answer = client.get(f"/users/{name}")
        assert answer.status_code == 404, name
        assert "<b>" not in answer.text.partition("<main")[2], name


def test_a_page_of_the_list_that_there_is_not(client: Person, selam: Person) -> None:
    for number in ["0", "2", "abc", "99999999999"]:
        assert client.get(f"/users/selam?page={number}").status_code == 404, number


def test_an_address_is_shown_to_nobody(
    client: Person, make_user: Any, client_of: Any, admin: Person
) -> None:
    make_user("hanna", email="hanna@example.org", email_key="hanna@example.org")
    for person in (client, client_of("dawit")):
        assert "example.org" not in person.get("/users/hanna").text
