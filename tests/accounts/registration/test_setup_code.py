"""Who becomes the first administrator."""

import pytest

from tests.accounts.conftest import is_signed_in
from tests.factories import PASSWORD
from wiki.accounts.registration.setup_code import make_setup_code, setup_announcement
from wiki.accounts.users import user_by_name


def apply_for(client, **fields):
    fields = {"username": "selam", "password": PASSWORD, "password_confirm": PASSWORD} | fields
    return client.post_form("/account/register", **fields)


def test_the_page_says_that_the_first_one_runs_the_wiki(app, client, make_user):
    assert "becomes the administrator" in client.get("/account/register").text
    make_user("selam")
    assert "becomes the administrator" not in client.get("/account/register").text


def test_on_a_laptop_nobody_is_asked_for_a_code(app, client):
    assert 'name="code"' not in client.get("/account/register").text
    assert apply_for(client).status_code == 303
    with app.app_context():
        assert user_by_name("selam").role == "admin"


@pytest.mark.parametrize("registration", ["closed", "invite"])
def test_a_closed_wiki_asks_the_first_one_for_the_code(make_app, registration):
    app = make_app(registration=registration)
    client = app.test_client()
    for typed, told in (("", "Enter the code"), ("aaaa-bbbb", "This is not the code")):
        answer = apply_for(client, code=typed)
        assert answer.status_code == 422
        assert told in answer.text
        assert 'value="selam"' in answer.text
    assert not is_signed_in(client)
    assert apply_for(client, code=make_setup_code(app).upper().replace("-", " ")).status_code == 303
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("values", "environ"),
    [
        ({}, {"REMOTE_ADDR": "203.0.113.9"}),
        ({}, {"HTTP_HOST": "wiki.example.org"}),
        ({}, {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}),
        ({}, {"HTTP_VIA": "1.1 proxy"}),
        ({"base_url": "https://wiki.example.org"}, {}),
        ({"proxies": 1}, {}),
    ],
)
def test_away_from_this_machine_a_stranger_is_asked_for_it(make_app, values, environ):
    app = make_app(**values)
    client = app.test_client()
    client.environ_base |= {"REMOTE_ADDR": "127.0.0.1"} | environ
    host = environ.get("HTTP_HOST", "localhost")
    answer = client.get("/account/register", headers={"Host": host})
    assert answer.status_code in (200, 400)  # 400: a host that isn't this wiki's
    assert answer.status_code == 400 or 'name="code"' in answer.text


@pytest.mark.settings(registration="closed")
def test_the_code_is_worth_nothing_once_somebody_is_there(app, client):
    form = client.open_form("/account/register")
    apply_for(app.test_client(), code=make_setup_code(app))
    fields = {"username": "dawit", "password": PASSWORD, "password_confirm": PASSWORD}
    assert form.submit(**fields, code=make_setup_code(app)).status_code == 403


def test_it_is_printed_until_somebody_is_there(app, make_user):
    assert make_setup_code(app) in setup_announcement(app)
    make_user("selam")
    assert setup_announcement(app) == ""


def test_two_wikis_have_different_codes_and_two_replicas_the_same(make_app):
    one, same = make_app(), make_app()
    other = make_app(secret_key="another key of tests, as long as needed")
    assert make_setup_code(one) == make_setup_code(same) != make_setup_code(other)


@pytest.mark.settings(registration="closed")
def test_an_empty_closed_wiki_leads_to_registration_until_somebody_is_there(app, client):
    assert "/account/register" in client.get("/").text
    apply_for(app.test_client(), code=make_setup_code(app))
    assert "/account/register" not in client.get("/").text
