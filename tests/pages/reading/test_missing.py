"""Where there is no page."""

from typing import Any

import pytest

from tests.pages.visible_text import link_to, main
from tests.person import Person

TOOLS = ("wiki", "raw", "history", "diff", "links")
MEMBERS_TOOLS = ("edit", "rename", "delete", "undelete", "restore")


def test_it_works(client: Person, selam: Person) -> None:
    answer = client.get("/wiki/concepts/task-queues")
    assert answer.status_code == 404
    words = main(answer)
    assert "Task queues" in words
    assert "There is no page here yet." in words
    assert "/account/login?next=/wiki/concepts/task-queues" in answer.text
    assert "/new?title=Task+queues&amp;path=concepts/task-queues" in selam.get(
        "/wiki/concepts/task-queues"
    ).text.replace("%20", "+")


def test_pages_alike_are_shown_and_a_way_to_those_below(client: Person, make_page: Any) -> None:
    make_page("guides/docker/volumes")
    make_page("technologies/docker-compose")
    assert "Docker compose" in main(client.get("/wiki/concepts/docker"))
    answer = client.get("/history/guides/docker")
    assert answer.status_code == 404
    assert client.get(link_to(answer, "The pages below it")).location == "/wiki/guides/docker"


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Django rest framwork", "Django REST Framework"),
        ("technologies/djnago", "Django"),
        ("redis-pub-sbu", "Redis Pub/Sub"),
        ("rest-framework", "Django REST Framework"),
        ("ዳታቤዝዎች", "ዳታቤዝ"),
    ],
)
def test_the_page_that_was_probably_meant_comes_first(
    client: Person, make_page: Any, asked: str, meant: str
) -> None:
    for title in ("Django", "Django admin", "Django REST Framework", "Redis", "Redis Pub/Sub"):
        make_page(f"technologies/{title}".replace("Pub/Sub", "Pub Sub"), title=title)
    make_page("ዳታቤዝ", title="ዳታቤዝ")
    words = main(client.get(f"/wiki/{asked}"))
    listed = words.partition("Did you mean one of these?")[2].strip()
    assert listed.startswith(meant), words


def test_what_is_only_a_little_alike_is_not_offered(client: Person, make_page: Any) -> None:
    make_page("django", title="Django")
    make_page("hidden", title="Kubernetes")
    assert "Did you mean" not in main(client.get("/wiki/kubectl-cheatsheet"))
    assert "Did you mean" not in main(client.get("/wiki/ab"))


def test_every_address_of_a_page_that_is_not_there(client: Person) -> None:
    for tool in TOOLS:
        answer = client.get(f"/{tool}/nothing-here?revision=1&from=1&to=2")
        assert answer.status_code == 404, tool


def test_every_address_of_a_member(selam: Person) -> None:
    for tool in MEMBERS_TOOLS:
        assert selam.get(f"/{tool}/nothing-here?revision=1").status_code == 404, tool


IMPOSSIBLE = [
    "%00",
    "a%00b",
    "..",
    ".",
    "a/../b",
    "%2e%2e/%2e%2e/etc/passwd",
    "%FF",
    "%ED%A0%80",
    "%E2%80%AE",
    "x" * 300,
    "/".join(["y" * 90] * 4),
    "%5B%5BRedis%5D%5D",
    "a%0Ab",
    "%3Cscript%3Ealert(1)%3C/script%3E",
]


def test_an_address_that_no_page_can_have(client: Person) -> None:
    for tool in TOOLS:
        for address in IMPOSSIBLE:
            answer = client.get(f"/{tool}/{address}")
            assert answer.status_code == 404, address
            assert "<script>" not in answer.text.partition("<main")[2], address


def test_nobody_is_invited_to_write_it(selam: Person) -> None:
    for address in IMPOSSIBLE:
        answer = selam.get(f"/wiki/{address}")
        assert answer.status_code == 404, address
        assert "/new?title=" not in answer.text.partition("<main")[2], address


def test_a_member_can_do_nothing_there(selam: Person) -> None:
    for tool in MEMBERS_TOOLS:
        for address in IMPOSSIBLE:
            assert selam.get(f"/{tool}/{address}").status_code == 404, address


def test_no_path_at_all(client: Person) -> None:
    assert client.get("/wiki/").location == "/"
    assert client.get("/wiki").status_code == 308


def test_a_reader_is_not_asked_to_sign_in_again(reader: Person) -> None:
    answer = reader.get("/wiki/nothing-here")
    assert answer.status_code == 404
    assert "/account/login" not in answer.text
