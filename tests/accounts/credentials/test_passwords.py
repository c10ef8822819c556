"""Passwords."""

import pytest

from wiki.accounts.credentials.passwords import (
    check_password,
    hash_password,
    is_outdated,
    verify_password,
)
from wiki.accounts.errors import AccountRefused

NAMES = ("Selam", "selam.tesfaye@example.org", "Learnhub")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse",
        "ሰላም ለዓለም ሁሉ",
        "x" * 250 + "yz1234",
        "        a b",
        "Tr0ub4dor&3",
        "selam likes tea",
        "7391-4826-05",
        "seláméé1",
    ],
)
def test_good_ones_are_taken(password):
    check_password(password, names=NAMES)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "too-short"),
        ("1234567", "too-short"),
        ("e\u0301" * 7, "too-short"),  # seven characters, however they were typed
        ("x1" * 129, "too-long"),
        ("password", "common"),
        ("PassWord1", "common"),
        ("qwertyui", "common"),
        ("87654321", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("zaq1zaq1", "common"),
        ("blowfish", "common"),
        ("Elizabeth", "common"),
        ("letmein123", "common"),
        ("Selam2024!!", "own-name"),
        ("selam-selam", "own-name"),
        ("1-Learnhub-1", "own-name"),
        ("SELAM.tesfaye@example.ORG", "own-name"),
        ("selam.tesfaye", "own-name"),
        ("\udcff" * 8, "unreadable"),
    ],
)
def test_bad_ones_are_refused_for_a_reason(password, reason):
    with pytest.raises(AccountRefused) as refused:
        check_password(password, names=NAMES)
    assert refused.value.problems == {"password": reason}


def test_a_username_is_no_password():
    with pytest.raises(AccountRefused, match="own-name"):
        check_password("selamtesfaye", names=("SelamTesfaye", ""))


def test_a_hash_tells_its_password_from_others():
    stored = hash_password("correct horse")
    assert "correct" not in stored
    assert verify_password(stored, "correct horse")
    assert not verify_password(stored, "correct horsf")
    assert not verify_password(stored, "")
    assert not verify_password(None, "correct horse")


def test_keyboards_may_compose_differently():
    assert verify_password(hash_password("caf\u00e9 caf\u00e9"), "cafe\u0301 cafe\u0301")


@pytest.mark.usefixtures("full_cost")
def test_the_parameters_are_those_we_mean_to_pay_for():
    stored = hash_password("correct horse")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not is_outdated(stored)


def test_a_broken_hash_lets_nobody_in():
    assert not verify_password("not a hash", "correct horse")


def test_what_stands_after_the_longest_password_counts():
    stored = hash_password("x1" * 128)
    assert verify_password(stored, "x1" * 128)
    assert not verify_password(stored, "x1" * 128 + "y")
