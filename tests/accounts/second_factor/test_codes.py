"""One-time codes and recovery codes, without a database."""

import re
from urllib.parse import unquote

import pyotp
import pytest

from wiki.accounts.second_factor.codes import (
    RECOVERY_CODE_COUNT,
    clean_code,
    is_one_time,
    matching_step,
    new_recovery_codes,
    new_secret,
    qr_code,
    setup_uri,
)

# RFC 6238, appendix B: the last six digits of what it lists for SHA-1 and this key.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
VECTORS = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]


@pytest.mark.parametrize(("now", "code"), VECTORS)
def test_codes_are_those_of_the_standard(now, code):
    assert matching_step(SECRET, code, now) == now // 30


@pytest.mark.parametrize(("late", "is_taken"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(late, is_taken):
    now = 1_800_000_000
    found = matching_step(SECRET, pyotp.TOTP(SECRET).at(now), now + late)
    assert found == (now // 30 if is_taken else None)


def test_secrets_have_the_bits_that_the_standard_asks_for():
    assert len(new_secret()) * 5 == 160
    assert new_secret() != new_secret()


def test_an_app_is_told_who_asks_for_whom():
    uri = setup_uri(SECRET, username="ሰላም", issuer="Learn: more")
    assert unquote(uri).startswith(f"otpauth://totp/Learn  more:ሰላም?secret={SECRET}&issuer=")
    picture = qr_code(uri)
    assert picture.startswith("data:image/svg+xml")
    assert not re.search(rf"script|{SECRET}", picture)


def test_recovery_codes_are_many_different_and_hard_to_misread():
    codes = new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODE_COUNT == 10
    assert all(re.fullmatch(r"[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}", code) for code in codes)


@pytest.mark.parametrize("written", ["123 456", " 123-456\n", "\uff11\uff12\uff13456"])
def test_codes_may_be_written_with_spaces(written):
    assert clean_code(written) == "123456"
    assert is_one_time(clean_code(written))


@pytest.mark.parametrize("written", ["ABCDE-0O1iL", "abcde 0O1Il"])
def test_letters_that_look_like_digits_are_those(written):
    assert clean_code(written) == "abcde00111"
    assert not is_one_time(clean_code(written))


def test_any_text_can_be_a_wrong_code():
    assert matching_step(SECRET, clean_code("\udcff" * 99), 0.0) is None
