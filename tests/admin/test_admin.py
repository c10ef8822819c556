"""The overview at /admin/, for administrators only."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.pages.visible_text import main
from tests.person import Person

ADDRESSES = (
    "/admin/",
    "/admin/people",
    "/admin/people/selam",
    "/admin/deleted",
    "/admin/erasures",
)


@pytest.fixture
def admin(client_of: Callable[..., Person]) -> Person:
    return client_of("abeba", role="admin")


@pytest.fixture
def selam(client_of: Callable[..., Person]) -> Person:
    return client_of("selam")


def test_who_may(client: Person, selam: Person, admin: Person, client_of: Any) -> None:
    for address in ADDRESSES:
        assert admin.get(address).status_code == 200, address
        assert admin.get(address).headers["Cache-Control"] == "no-store", address
        assert selam.get(address).status_code == 403, address
        assert client_of("reta", role="reader").get(address).status_code == 403, address
        assert client.get(address).location == f"/account/login?next={address}", address


@pytest.mark.parametrize("address", ["/admin/people/selam", "/admin/invitations"])
def test_who_may_send(client: Person, selam: Person, address: str) -> None:
    token = selam.open_form("/new").values["csrf_token"]
    data = {"csrf_token": token, "role": "admin", "access": "on"}
    assert selam.post(address, data=data).status_code == 403
    assert client.post(address, data=data).status_code in (400, 401)


def test_only_they_see_the_way_there(client: Person, selam: Person, admin: Person) -> None:
    assert 'href="/admin/"' in admin.get("/pages").text
    assert 'href="/admin/"' not in selam.get("/pages").text
    assert 'href="/admin/"' not in client.get("/pages").text


def test_the_overview_counts_and_shows_the_last_of_each(
    any_app: Flask, admin: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis", text="A secret.\n")
    make_page("celery")
    selam.post_form("/delete/celery", summary="Not ours")
    admin.post_form("/erase/redis?revision=1", summary="A password stood here")
    words = main(admin.get("/admin/"))
    for told in ("Pages 1", "Administrator 1", "Learner 1", "Celery", "Not ours", "A password"):
        assert told in words
    for told in ("Deleted pages 1", "Erased texts 1", "by selam", "by abeba", "1 revision"):
        assert told in words


# People


def test_a_role_is_given(admin: Person, client_of: Any) -> None:
    reta = client_of("reta", role="reader")
    assert reta.get("/new").status_code == 403
    answer = admin.post_form("/admin/people/reta", role="learner")
    assert answer.location == "/admin/people"
    assert "reta Learner" in main(admin.get("/admin/people"))
    assert reta.get("/new").status_code == 200


def test_an_account_is_switched_off_and_on(admin: Person, selam: Person) -> None:
    admin.post_form("/admin/people/selam", access="off")
    assert "selam Learner disabled" in main(admin.get("/admin/people"))
    assert selam.get("/new").status_code == 302
    admin.post_form("/admin/people/selam", access="on")
    listed = main(admin.get("/admin/people"))
    assert "selam Learner" in listed
    assert "disabled" not in listed


def test_who_gives_the_role_away_is_led_out(admin: Person, client_of: Any) -> None:
    client_of("second", role="admin")
    assert admin.post_form("/admin/people/abeba", role="learner").location == "/"
    assert admin.get("/admin/").status_code == 403


def test_nobody_of_that_name_and_no_such_role(admin: Person, selam: Person) -> None:
    assert admin.get("/admin/people/nobody").status_code == 404
    assert admin.post_form("/admin/people/selam", role="emperor").status_code == 422


# Invitations


@pytest.mark.settings(registration="invite")
def test_an_invitation_lets_somebody_register(admin: Person, client: Person) -> None:
    answer = admin.open_form("/admin/invitations", has="people").submit()
    link = re.search(r'value="(http[^"]*/account/register\?invite=[^"]*)"', answer.text)
    assert link
    assert client.get("/account/register").status_code == 403
    assert client.get(link[1]).status_code == 200


@pytest.mark.settings(registration="closed")
def test_no_invitation_where_registration_is_closed(admin: Person) -> None:
    assert "/admin/invitations" not in admin.get("/admin/").text


# What was taken away


def test_a_deleted_page_comes_back_from_the_list(
    admin: Person, selam: Person, client: Person, make_page: Any
) -> None:
    make_page("redis", text="The first.\n")
    selam.post_form("/delete/redis")
    selam.post_form("/new", title="Redis", text="The second.\n")
    selam.post_form("/delete/redis")
    listed = admin.get("/admin/deleted").text
    links = re.findall(r'href="(/undelete/redis\?deleted=\d+)"', listed)
    assert len(links) == 2
    admin.post_form(links[1])
    assert client.get("/raw/redis").text == "The first.\n"
    assert len(re.findall("/undelete/", admin.get("/admin/deleted").text)) == 1


def test_lists_are_turned_page_by_page(admin: Person, make_user: Any) -> None:
    for number in range(51):
        make_user(f"person{number}")
    second = admin.get("/admin/people?page=2")
    assert second.text.count('href="/admin/people/') == 2
    assert admin.get("/admin/people?page=3").status_code == 404
