"""Programs that register: the field that people don't see, and the form that is sent at once."""

import re

import pytest

from tests.accounts.conftest import is_signed_in
from tests.factories import PASSWORD, make_user
from tests.pages.visible_text import main
from wiki.accounts.registration import bot_traps
from wiki.rate_limits import LimitReached

AGAIN = "Please enter the password again and send the form once more."
FILLED = {"username": "selam", "password": PASSWORD, "password_confirm": PASSWORD}


@pytest.fixture
def visitor(make_app):
    app = make_app(rate_limits=True)
    make_user(app, "abeba", role="admin")
    return app.test_client()


@pytest.fixture
def many_hasty_forms(monkeypatch):
    """From this network, so that it has none left."""

    def refuse(*_key):
        raise LimitReached(60)

    monkeypatch.setattr(bot_traps, "count_attempt", refuse)


def test_the_first_hasty_forms_are_taken(make_app):
    app = make_app(rate_limits=True)
    make_user(app, "abeba", role="admin")
    answers = []
    for number in range(12):
        fields = {**FILLED, "username": f"person{number}"}
        answers.append(app.test_client().post_form("/account/register", **fields).status_code)
    assert answers == [303] * 10 + [422] * 2


def test_a_person_registers(visitor, no_haste):
    assert visitor.post_form("/account/register", **FILLED).status_code == 303
    assert is_signed_in(visitor)


def test_a_form_sent_at_once_is_asked_for_again(visitor, many_hasty_forms, monkeypatch):
    answer = visitor.post_form("/account/register", **FILLED)
    assert answer.status_code == 422
    assert AGAIN in main(answer)
    assert 'value="selam"' in answer.text
    assert PASSWORD not in answer.text
    monkeypatch.setattr(bot_traps, "MIN_SECONDS", 0)
    again = visitor.form_in(answer, "/account/register", has="username")
    assert again.submit(**FILLED).status_code == 303


def test_a_browser_that_fills_in_everything_loses_nothing(visitor, no_haste):
    answer = visitor.post_form("/account/register", **FILLED, homepage="https://example.org")
    assert answer.status_code == 422
    assert AGAIN in main(answer)
    again = visitor.form_in(answer, "/account/register", has="username")
    assert again.values["homepage"] == ""
    assert again.submit(**FILLED).status_code == 303


@pytest.mark.parametrize("stamp", ["", "garbage", "bnVsbA.aSx.forged"])
def test_a_stamp_that_isnt_ours_is_none(visitor, no_haste, many_hasty_forms, stamp):
    assert visitor.post_form("/account/register", **FILLED, opened=stamp).status_code == 422


def test_a_form_of_yesterday_is_asked_for_again(visitor, no_haste, many_hasty_forms, monkeypatch):
    form = visitor.open_form("/account/register")
    monkeypatch.setattr(bot_traps, "MAX_SECONDS", -3600)
    assert form.submit(**FILLED).status_code == 422


def test_what_is_wrong_is_said_first(visitor):
    answer = visitor.post_form("/account/register", **{**FILLED, "username": ""})
    assert AGAIN not in main(answer)


def test_nobody_reaches_the_hidden_field(visitor):
    page = visitor.get("/account/register").text
    field = re.search(r'<div class="sr-only" aria-hidden="true">(.*?)</div>', page)[1]
    assert '<label for="nx-homepage">Leave this empty</label>' in field
    assert 'tabindex="-1"' in field
    assert 'autocomplete="off"' in field
