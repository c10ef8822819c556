"""How often one may try."""

import pytest

from tests.factories import PASSWORD

pytestmark = pytest.mark.settings(rate_limits=True)


def test_one_name_cannot_be_guessed_at_without_end(client, make_user, sign_in):
    make_user("selam")
    answers = [sign_in(name, "wrong").status_code for name in ["selam", "SELAM "] * 3]
    assert answers == [422] * 5 + [429]
    assert sign_in("dawit", "wrong").status_code == 422


def test_one_address_cannot_guess_at_many_names(client, sign_in):
    answers = [sign_in(f"person{n}", "wrong").status_code for n in range(11)]
    assert answers == [422] * 10 + [429]


def test_another_address_is_not_stopped_by_the_first(app, client, make_user, sign_in):
    make_user("selam")
    for n in range(11):
        sign_in(f"person{n}", "wrong")
    other = app.test_client()
    other.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert sign_in("selam", by=other).status_code == 303


def test_signing_in_often_does_not_count_as_guessing(app, make_user, sign_in):
    make_user("selam")
    answers = [sign_in("selam", by=app.test_client()).status_code for _ in range(8)]
    assert answers == [303] * 8


def test_one_address_cannot_register_without_end(app, register):
    answers = [register(f"person{n}", by=app.test_client()).status_code for n in range(11)]
    assert answers == [303] * 10 + [429]


def test_mistyping_does_not_use_up_registrations(client, register):
    for _ in range(12):
        assert register("selam", password="tiny").status_code == 422
    assert register("selam", password=PASSWORD).status_code == 303


@pytest.mark.settings(rate_limits=False)
def test_without_limits_nobody_is_stopped(client, sign_in):
    assert {sign_in("selam", "wrong").status_code for _ in range(12)} == {422}
