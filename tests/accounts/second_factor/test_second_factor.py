"""Switching the second factor on and off, and signing in with it."""

import re
from datetime import timedelta

import pytest
import time_machine

from tests.accounts.conftest import is_signed_in
from tests.accounts.second_factor.conftest import URL
from tests.factories import PASSWORD
from tests.pages.visible_text import main
from wiki.accounts.second_factor.models import RecoveryCode, SecondFactor
from wiki.accounts.users import change_user, set_password
from wiki.database import db, utcnow

CODE_PAGE = "/account/login/code"


@pytest.fixture
def phone(client_of, set_up):
    return set_up(client_of("selam"))


def test_signing_in_takes_password_and_code(any_app, client, phone, sign_in):
    answer = sign_in("selam", at="?next=/changes")
    assert answer.location == f"{CODE_PAGE}?next=/changes"
    assert not is_signed_in(client)
    answer = client.post_form(answer.location, code=phone.code())
    assert answer.location == "/changes"
    assert is_signed_in(client)


def test_nothing_is_reported_before_the_password(client, phone, sign_in):
    wrong, unknown = sign_in("selam", "wrong"), sign_in("nobody", "wrong")
    assert wrong.status_code == unknown.status_code == 422
    assert "code" not in main(wrong).casefold()
    assert client.get(CODE_PAGE).location == "/account/login"


def test_a_code_works_once(app, client, phone, sign_in):
    code = phone.code()
    sign_in("selam")
    assert client.post_form(CODE_PAGE, code=code).status_code == 303
    other = app.test_client()
    sign_in("selam", by=other)
    answer = other.post_form(CODE_PAGE, code=code)
    assert answer.status_code == 422
    assert "already been used" in answer.text
    assert not is_signed_in(other)


def test_a_code_that_was_taken_while_the_clock_was_ahead_blocks_no_later_one(
    app, client, phone, sign_in
):
    with time_machine.travel(utcnow() + timedelta(days=1)):
        sign_in("selam")
        assert client.post_form(CODE_PAGE, code=phone.code()).status_code == 303
    other = app.test_client()
    sign_in("selam", by=other)
    assert other.post_form(CODE_PAGE, code=phone.code()).status_code == 303


def test_a_recovery_code_works_once_and_says_how_many_are_left(app, phone, sign_in):
    assert len(phone.recovery_codes) == 10
    for status in (303, 422):
        client = app.test_client()
        sign_in("selam", by=client)
        answer = client.post_form(CODE_PAGE, code=phone.recovery_codes[3].upper())
        assert answer.status_code == status
        if status == 303:
            assert "9 recovery codes are left." in client.get("/").text


@pytest.mark.parametrize("code", ["000000", "abcde-fghjk", "x", "\u0665" * 6])
def test_a_wrong_code_signs_nobody_in(client, phone, sign_in, code):
    sign_in("selam")
    answer = client.post_form(CODE_PAGE, code=code)
    assert answer.status_code == 422
    assert "not valid" in answer.text
    assert not is_signed_in(client)
    assert client.post_form(CODE_PAGE, code=phone.code()).status_code == 303


def test_the_password_is_remembered_for_ten_minutes(client, phone, sign_in):
    sign_in("selam")
    with time_machine.travel(utcnow() + timedelta(minutes=11)):
        assert client.get(CODE_PAGE).location == "/account/login"


@pytest.mark.parametrize("change", ["password", "disabled"])
def test_what_changed_meanwhile_ends_it(app, client, phone, sign_in, change):
    sign_in("selam")
    with app.app_context():
        if change == "password":
            set_password("selam", "another good battery")
        else:
            change_user("selam", is_enabled=False)
    assert client.get(CODE_PAGE).location == "/account/login"


def test_staying_signed_in_is_kept_until_the_second_step(client, phone, sign_in):
    sign_in("selam", remember=True)
    assert client.get_cookie("nexus_remember") is None
    client.post_form(CODE_PAGE, code=phone.code())
    assert client.get_cookie("nexus_remember") is not None


def test_codes_are_not_guessed(make_app, client_of, set_up, sign_in):
    phone = set_up(client_of("selam"))
    stranger = make_app(rate_limits=True).test_client()
    sign_in("selam", by=stranger)
    for _ in range(10):
        assert stranger.post_form(CODE_PAGE, code="000000").status_code == 422
    answer = stranger.post_form(CODE_PAGE, code=phone.code())
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers
    assert not is_signed_in(stranger)


def test_setting_up_takes_the_password_and_a_right_code(app, client_of):
    selam = client_of("selam")
    assert selam.get(f"{URL}/set-up").location == URL
    assert selam.post_form(URL, current_password="wrong").status_code == 422
    selam.post_form(URL, current_password=PASSWORD)
    answer = selam.post_form(f"{URL}/set-up", code="000000")
    assert answer.status_code == 422
    assert 'class="secret"' in answer.text
    with app.app_context():
        assert not db.session.scalar(db.select(SecondFactor))


def test_neither_codes_nor_the_secret_are_shown_again(app, client_of, set_up):
    selam = client_of("selam")
    phone = set_up(selam)
    assert selam.get(f"{URL}/set-up").location == URL
    page = selam.get(URL).text
    assert not any(code in page for code in (*phone.recovery_codes, phone.secret))
    with app.app_context():
        stored = " ".join(db.session.scalars(db.select(RecoveryCode.code_hash)))
    assert not any(code.replace("-", "") in stored for code in phone.recovery_codes)


def test_new_recovery_codes_end_the_old_ones(app, client_of, set_up, sign_in):
    selam = client_of("selam")
    phone = set_up(selam)
    refused = selam.post_form(URL, current_password=PASSWORD, code="000000")
    assert refused.status_code == 422
    answer = selam.post_form(URL, current_password=PASSWORD, code=phone.code())
    renewed = re.findall(r"<code>(\w{5}-\w{5})</code>", answer.text)
    assert len(renewed) == 10
    for code, status in ((phone.recovery_codes[0], 422), (renewed[0], 303)):
        client = app.test_client()
        sign_in("selam", by=client)
        assert client.post_form(CODE_PAGE, code=code).status_code == status


def test_switching_off_takes_password_and_code(client, client_of, set_up, sign_in):
    selam = client_of("selam")
    phone = set_up(selam)
    form = selam.form_in(selam.get(URL), f"{URL}/off")
    assert form.submit(current_password=PASSWORD, code="000000").status_code == 422
    assert form.submit(current_password="wrong", code=phone.code()).status_code == 422
    sign_in("selam")
    assert not is_signed_in(client)
    assert form.submit(current_password=PASSWORD, code=phone.code()).status_code == 303
    sign_in("selam")
    assert is_signed_in(client)


def test_an_administrator_switches_it_off_for_who_lost_it(app, client_of, phone, sign_in):
    boss, dawit = client_of("boss", role="admin"), client_of("dawit")
    url = "/admin/people/selam/second-factor"
    csrf = {"csrf_token": dawit.open_form("/account/settings").values["csrf_token"]}
    assert dawit.post(url, data=csrf).status_code == 403
    csrf = {"csrf_token": boss.open_form("/admin/people/selam").values["csrf_token"]}
    assert boss.post(url, data=csrf).status_code == 303
    log = main(boss.get("/admin/audit?action=second-factor-off"))
    assert re.search(r"Second factor switched off \d.* by boss Account: selam", log)
    client = app.test_client()
    sign_in("selam", by=client)
    assert is_signed_in(client)


def test_administrators_use_their_own_code_for_themselves(client_of, set_up):
    boss = client_of("boss", role="admin")
    set_up(boss)
    csrf = {"csrf_token": boss.open_form("/admin/people/boss").values["csrf_token"]}
    assert boss.post("/admin/people/boss/second-factor", data=csrf).location == URL
    assert "Switch off" in boss.get(URL).text


def test_who_runs_the_wiki_switches_it_off(app, phone):
    runner = app.test_cli_runner()
    done = runner.invoke(args=["user", "forget-second-factor", "selam"])
    assert "without a code" in done.output
    again = runner.invoke(args=["user", "forget-second-factor", "selam"])
    assert again.exit_code == 1
    assert "no second factor" in again.output
    assert runner.invoke(args=["user", "forget-second-factor", "nobody"]).exit_code == 1
