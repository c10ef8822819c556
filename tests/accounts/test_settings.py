"""The settings of a person's account."""

import pytest

from tests.accounts.conftest import is_signed_in
from tests.factories import PASSWORD
from wiki.accounts.users import user_by_identifier, user_by_name
from wiki.identity.current import forget_identity

NEW = "a much newer battery"


def test_it_works(client_of):
    page = client_of("selam").get("/account/settings")
    assert page.status_code == 200
    for autocomplete in ("email", "new-password", "current-password", "username"):
        assert f'autocomplete="{autocomplete}"' in page.text


def test_a_new_password_takes_the_place_of_the_old_one(app, client_of, sign_in):
    change = {"password": NEW, "password_confirm": NEW, "current_password": PASSWORD}
    answer = client_of("selam").post_form("/account/settings", **change)
    assert answer.status_code == 303
    assert sign_in("selam", PASSWORD).status_code == 422
    assert sign_in("selam", NEW).status_code == 303


def test_a_new_password_ends_every_other_session_and_keeps_this_one(client_of):
    here, elsewhere = client_of("selam"), client_of("selam")
    here.post_form(
        "/account/settings", password=NEW, password_confirm=NEW, current_password=PASSWORD
    )
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)


def test_a_new_password_keeps_this_device_remembered(client, make_user, sign_in):
    make_user("selam")
    sign_in("selam", remember=True)
    client.post_form(
        "/account/settings", password=NEW, password_confirm=NEW, current_password=PASSWORD
    )
    client.delete_cookie("nexus_session")
    assert is_signed_in(client)


def test_the_present_password_is_asked_for(app, client_of):
    selam = client_of("selam")
    answer = selam.post_form(
        "/account/settings",
        email="s@example.org",
        password=NEW,
        password_confirm=NEW,
        current_password="wrong",
    )
    assert answer.status_code == 422
    assert "This is not your current password." in answer.text
    assert 'value="s@example.org"' in answer.text
    with app.app_context():
        assert user_by_name("selam").email is None


@pytest.mark.parametrize("bad", ["short", "selam", "password123"])
def test_a_bad_password_is_refused(client_of, bad):
    answer = client_of("selam").post_form(
        "/account/settings", password=bad, password_confirm=bad, current_password=PASSWORD
    )
    assert answer.status_code == 422
    assert 'id="nx-password-error"' in answer.text


@pytest.mark.parametrize("confirm", ["", NEW + "x"])
def test_two_different_passwords_are_refused(client_of, confirm):
    answer = client_of("selam").post_form(
        "/account/settings", password=NEW, password_confirm=confirm, current_password=PASSWORD
    )
    assert answer.status_code == 422
    assert "The passwords don’t match." in answer.text


def test_an_address_is_kept_shown_and_taken_out(app, client_of):
    selam = client_of("selam")
    selam.post_form("/account/settings", email="s@example.org", current_password=PASSWORD)
    assert 'value="s@example.org"' in selam.get("/account/settings").text
    assert is_signed_in(selam)
    selam.post_form("/account/settings", email="", current_password=PASSWORD)
    with app.app_context():
        assert user_by_name("selam").email is None
        assert user_by_name("selam").email_key is None


def test_another_persons_address_tells_nothing_and_takes_nothing(app, client_of, sign_in):
    for name in ("selam", "dawit"):
        answer = client_of(name).post_form(
            "/account/settings", email="s@example.org", current_password=PASSWORD
        )
        assert answer.status_code == 303
    with app.app_context():
        assert user_by_identifier("s@example.org").username == "selam"
        assert user_by_name("dawit").email == "s@example.org"


def test_ones_own_address_may_be_written_differently(client_of):
    selam = client_of("selam")
    for address in ("s@example.org", "S@Example.org"):
        answer = selam.post_form("/account/settings", email=address, current_password=PASSWORD)
        assert answer.status_code == 303


def test_a_form_without_the_address_says_nothing_about_it(app, client_of):
    selam = client_of("selam")
    selam.post_form("/account/settings", email="s@example.org", current_password=PASSWORD)
    selam.post_form(
        "/account/settings",
        email=None,
        password=NEW,
        password_confirm=NEW,
        current_password=PASSWORD,
    )
    with app.app_context():
        assert user_by_name("selam").email == "s@example.org"


def test_every_other_session_can_be_ended(client_of):
    here, elsewhere = client_of("selam"), client_of("selam")
    token = here.open_form("/account/settings").values["csrf_token"]
    answer = here.post("/account/settings/sessions", data={"csrf_token": token})
    assert answer.status_code == 303
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)


def rename(client, name, password=PASSWORD):
    return client.post_form("/account/name", username=name, current_password=password)


def test_a_new_name_appears_everywhere_and_the_old_one_leads_to_it(
    any_app, client, client_of, index_now
):
    selam = client_of("selam")
    selam.post_form("/new", title="Redis", path="redis", text="Fast.\n")
    assert "selam" in client.get("/wiki/redis").text  # and it is kept
    assert rename(selam, "Selamawit").status_code == 303
    assert is_signed_in(selam)
    with any_app.app_context():
        forget_identity()  # which is a second old at most, and pages with it
    for address in ("/wiki/redis", "/history/redis", "/changes"):
        assert "Selamawit" in client.get(address).text, address
    assert client.get("/users/SELAM").location == "/users/Selamawit"
    index_now()
    assert "Redis" in client.get("/search?q=author:selamawit").text


def test_nobody_else_takes_a_former_name_and_its_owner_may(client_of, register):
    selam = client_of("selam")
    rename(selam, "hana")
    assert register("se1am").status_code == 422
    assert rename(client_of("dawit"), "selam").status_code == 422
    assert rename(selam, "selam").status_code == 303
    assert register("hana").status_code == 422


def test_a_name_that_cannot_be_taken_is_refused(client_of):
    client_of("dawit")
    cases = [
        ("dawit", PASSWORD, "username"),
        ("admin", PASSWORD, "username"),
        ("former-member-9", PASSWORD, "username"),
        ("a b", PASSWORD, "username"),
        ("hana", "wrong", "current_password"),
    ]
    for name, password, field in cases:
        answer = rename(client_of("selam"), name, password)
        assert answer.status_code == 422, name
        assert f'id="nx-{field}-error"' in answer.text, name
        assert f'value="{name}"' in answer.text, name


@pytest.mark.settings(rate_limits=True)
def test_signing_out_elsewhere_gives_no_more_guesses_of_the_password(client_of):
    selam = client_of("selam")
    change = {"email": "s@example.org", "current_password": "wrong"}
    for _ in range(5):
        assert selam.post_form("/account/settings", **change).status_code == 422
    assert selam.post_form("/account/settings/sessions").status_code == 303
    assert is_signed_in(selam)
    assert selam.post_form("/account/settings", **change).status_code == 429


@pytest.mark.settings(rate_limits=True)
def test_new_passwords_that_are_refused_use_up_no_guesses_of_the_present_one(client_of):
    selam = client_of("selam")
    for new in ("short", "password", "12345678", "selam", "qwertyuiop", "password123!"):
        answer = selam.post_form(
            "/account/settings", password=new, password_confirm=new, current_password=PASSWORD
        )
        assert answer.status_code == 422, new
    new = "a much newer battery"
    answer = selam.post_form(
        "/account/settings", password=new, password_confirm=new, current_password=PASSWORD
    )
    assert answer.status_code == 303
