"""Registration."""

import threading

from tests.accounts.conftest import is_signed_in
from tests.factories import PASSWORD
from tests.processor_time import bounded
from wiki.accounts.models import Role, User
from wiki.accounts.users import user_by_name
from wiki.database import db


def test_it_works(client, register):
    answer = register("selam", email="selam@example.org")
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)


def test_the_fields_tell_password_managers_what_they_are(client):
    page = client.get("/account/register").text
    for autocomplete in ("username", "email", "new-password"):
        assert f'autocomplete="{autocomplete}"' in page
    assert page.count('autocomplete="new-password"') == 2


def test_the_first_person_runs_the_wiki_and_the_next_one_learns(app, register):
    register("selam")
    register("dawit", by=app.test_client())
    with app.app_context():
        assert user_by_name("selam").role == Role.ADMIN
        assert user_by_name("dawit").role == Role.LEARNER


def test_of_two_who_are_first_at_once_one_runs_the_wiki(any_app, register):
    forms = [any_app.test_client().open_form("/account/register") for _ in range(4)]
    start = threading.Barrier(len(forms))
    statuses = []

    def send(number: int) -> None:
        start.wait()
        answer = forms[number].submit(
            username=f"person{number}", password=PASSWORD, password_confirm=PASSWORD
        )
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(len(forms))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303] * len(forms)
    with any_app.app_context():
        roles = sorted(db.session.scalars(db.select(User.role)))
    assert roles == [Role.ADMIN] + [Role.LEARNER] * (len(forms) - 1)


def test_one_name_wanted_twice_at_once_is_given_once(any_app):
    forms = [any_app.test_client().open_form("/account/register") for _ in range(3)]
    start = threading.Barrier(len(forms))
    statuses = []

    def send(number: int) -> None:
        start.wait()
        answer = forms[number].submit(
            username="selam", password=PASSWORD, password_confirm=PASSWORD
        )
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(len(forms))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 422, 422]


def test_a_taken_name_is_refused_in_every_spelling(app, register):
    register("Selam")
    for taken in ["selam", "SELAM", "ｓｅｌａｍ", " selam "]:
        answer = register(taken, by=app.test_client())
        assert answer.status_code == 422, taken
        assert "is already taken" in answer.text, taken


def test_a_name_that_only_looks_like_a_taken_one_is_refused(app, register):
    register("scope")
    answer = register("ѕсоре", by=app.test_client())  # Cyrillic throughout
    assert answer.status_code == 422
    assert "looks like it" in answer.text


def test_a_name_of_the_wiki_itself_is_kept(app, register):
    register("selam")
    answer = register("Root", by=app.test_client())
    assert answer.status_code == 422
    assert "This name is reserved" in answer.text


def test_the_first_person_may_be_called_admin(client, register):
    assert register("admin").status_code == 303


def test_what_was_typed_stays_but_for_passwords(client, register):
    answer = register('se"lam', email="selam@", password="tiny", password_confirm="other")
    assert answer.status_code == 422
    assert "You are not registered yet." in answer.text
    assert 'value="se&#34;lam"' in answer.text
    assert 'value="selam@"' in answer.text
    assert "tiny" not in answer.text
    assert "other" not in answer.text.partition("</form>")[0].rpartition("Password again")[2]


def test_all_problems_are_reported_at_once_with_links_to_their_fields(client, register):
    answer = register("s", email="nowhere", password="tiny", password_confirm="teeny")
    for field in ("username", "email", "password", "password_confirm"):
        assert f'href="#nx-{field}"' in answer.text
        assert f'id="nx-{field}-error"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 4


def test_nothing_filled_in_is_422(client):
    answer = client.post_form("/account/register")
    assert answer.status_code == 422
    assert "Enter a name." in answer.text
    assert "Enter a password." in answer.text


def test_two_different_passwords_are_refused(client, register):
    answer = register(password=PASSWORD, password_confirm=PASSWORD + "!")
    assert answer.status_code == 422
    assert "The passwords don’t match." in answer.text


def test_nobody_learns_who_has_an_address(app, register, sign_in):
    mine, other = {"password": PASSWORD}, {"password": "an entirely different one"}
    register("selam", email="Selam@Example.org", **mine)
    taken = register("dawit", email="selam@example.ORG", by=app.test_client(), **other)
    free = register("hanna", email="hanna@example.org", by=app.test_client(), **other)
    assert (taken.status_code, taken.location) == (free.status_code, free.location) == (303, "/")
    # Whoever gave it first signs in with it; the other one does by name.
    for name, password in (("selam@example.org", mine), ("dawit", other)):
        answer = sign_in(name, password["password"], by=app.test_client())
        assert answer.status_code == 303
    for name in ("selam@example.org", "dawit@example.org"):
        assert sign_in(name, other["password"], by=app.test_client()).status_code == 422


def test_a_row_of_marks_keeps_nobody_waiting(client):
    form, row = client.open_form("/account/register"), "a" + "\u0300\u0316" * 16_000
    with bounded(0.3):
        answer = form.submit(username=row, email=row, password=row, password_confirm=row)
    assert answer.status_code == 422
    assert "at most 40 characters" in answer.text


def test_a_member_s_row_of_marks_keeps_nobody_waiting(client_of):
    selam, row = client_of("selam"), "a" + "\u0300\u0316" * 16_000
    for address, fields in {
        "/account/settings": {"email": f"{row}@example.org", "password": row},
        "/account/name": {"username": row},
    }.items():
        form = selam.open_form(address)
        with bounded(0.3):
            answer = form.submit(current_password=PASSWORD, **fields)
        assert answer.status_code == 422, address


def test_a_megabyte_in_one_line_keeps_nobody_waiting(client_of):
    form = client_of("selam").open_form("/new")
    for name, long in {"title": "a\n", "tags": "a ", "path": "a/"}.items():
        with bounded(1):
            answer = form.submit(**{"title": "Title", "text": "Kept.", name: long * 250_000})
        assert answer.status_code == 422, name
        assert "Kept." in answer.text


def test_many_people_may_have_no_address(app, register):
    assert register("selam", email="").status_code == 303
    assert register("dawit", email="  ", by=app.test_client()).status_code == 303


def test_an_address_of_a_house_without_a_dot_is_one(client, register):
    assert register(email="selam@intranet").status_code == 303


def test_registering_leads_back_to_where_one_was(client, register):
    assert register(at="?next=/wiki/redis%3Frevision%3D3").location == "/wiki/redis?revision=3"


def test_who_is_signed_in_has_no_need_to_register(client_of):
    assert client_of("selam").get("/account/register").status_code == 303


def test_a_form_without_its_token_is_refused(client):
    fields = {"username": "selam", "password": PASSWORD, "password_confirm": PASSWORD}
    assert client.post("/account/register", data=fields).status_code == 400


def test_pages_of_accounts_are_not_kept_by_browsers(client):
    assert client.get("/account/register").headers["Cache-Control"] == "no-store"
