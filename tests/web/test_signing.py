"""Servers' clocks differ; what one signs, the other accepts."""

from datetime import timedelta

import pytest
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from wiki.accounts.authentication.password_reset import make_reset_link, user_of_link
from wiki.web.signing import LenientSigner


@pytest.fixture
def serializer():
    return URLSafeTimedSerializer("k" * 40, signer=LenientSigner)


@pytest.mark.parametrize("seconds", [-59, -4, 0, 100, 150])
def test_a_clock_that_is_off_by_less_than_a_minute_does_no_harm(serializer, time_machine, seconds):
    time_machine.move_to("2030-01-01 12:00", tick=False)
    signed = serializer.dumps("word")
    time_machine.shift(timedelta(seconds=seconds))
    assert serializer.loads(signed, max_age=100) == "word"


@pytest.mark.parametrize("seconds", [-3600, -62, 162, 10_000])
def test_more_than_that_is_refused(serializer, time_machine, seconds):
    time_machine.move_to("2030-01-01 12:00", tick=False)
    signed = serializer.dumps("word")
    time_machine.shift(timedelta(seconds=seconds))
    with pytest.raises(SignatureExpired):
        serializer.loads(signed, max_age=100)


def test_what_another_key_has_signed_is_refused(serializer):
    signed = URLSafeTimedSerializer("x" * 40).dumps("word")
    with pytest.raises(BadSignature):
        serializer.loads(signed, max_age=100)


def test_sessions_and_links_of_a_server_that_is_ahead_are_taken(
    app, client_of, make_user, time_machine
):
    time_machine.move_to("2030-01-01 12:00:30", tick=False)
    person = client_of("selam")
    with app.app_context():
        link = make_reset_link(make_user("abeba"))
    time_machine.move_to("2030-01-01 12:00:00", tick=False)
    assert person.get("/account/settings").status_code == 200
    with app.app_context():
        assert user_of_link(link).username == "abeba"
