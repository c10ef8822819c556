"""Usernames."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import PASSWORD
from tests.hostile_names import hostile_names
from wiki.accounts.credentials.usernames import clean_username, username_key
from wiki.accounts.errors import AccountRefused
from wiki.accounts.users import user_by_identifier, user_by_name

GOOD = [
    "selam",
    "Selam_2",
    "j.doe",
    "ሰላም",
    "José",
    "สวัสดี",
    "しんじ太郎",
    "김철수",
    "अनुष्का",
    "محمد",
    "שָׁלוֹם",
    "ʻokina",
    "Владимир",
    "12",
]
BAD = [
    ("", "empty"),
    (" \u00a0\t", "empty"),
    ("x", "too-short"),
    ("x" * 41, "too-long"),
    ("\ufdfa\ufdfa\ufdfa", "too-long"),
    ("a\0b", "hidden"),
    ("a\nb", "hidden"),
    ("a\u202eb", "hidden"),
    ("a\u200bb", "hidden"),
    ("a\u3164b", "hidden"),
    ("a\ufe0fb", "hidden"),
    ("a\ue000b", "hidden"),
    ("a b", "character"),
    ("a/b", "character"),
    ("a@b", "character"),
    ("a%b", "character"),
    ("👍👍", "character"),
    ("<b>", "character"),
    ("½½", "character"),
    ("-rf", "edges"),
    ("..", "edges"),
    (".git", "edges"),
    ("selam_", "edges"),
    ("\u0301ab", "edges"),
    ("a" + "\u0301\u0302\u0323\u0324\u0325", "marks"),
    ("\u0430dmin", "scripts"),
    ("203.0.113.7", "address"),
    ("\uff11.1.1.1", "address"),
    ("pаypal", "scripts"),
    ("αdmin", "scripts"),
]


@pytest.mark.parametrize("name", GOOD)
def test_names_of_all_scripts_can_be_had(name):
    assert clean_username(name).shown == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(("name", "reason"), BAD)
def test_others_are_refused_for_a_reason(name, reason):
    with pytest.raises(AccountRefused) as refused:
        clean_username(name)
    assert refused.value.problems == {"username": reason}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("σισυφος", "ΣΙΣΥΦΟΣ"),
        ("A\u030angström", "Ångström"),
        ("ａｄｍｉｎ", "admin"),
        ("𝐚𝐝𝐦𝐢𝐧", "admin"),
        ("ɑdmin", "admin"),
        ("ѕсоре", "scope"),
        ("İstanbul", "istanbul"),
    ],
)
def test_names_that_read_the_same_are_the_same(one, other):
    assert username_key(one) == username_key(other)


@given(st.text(max_size=60))
def test_every_name_has_one_key_that_fits_or_a_reason(name):
    assert username_key(username_key(name)) == username_key(name)
    try:
        username = clean_username(name)
    except AccountRefused:
        return
    assert 2 <= len(username.shown) <= 40
    assert len(username.key) <= 128
    assert username_key(username.shown) == username.key
    assert clean_username(username.shown) == username


@pytest.mark.slow
def test_hostile_names_register_or_are_told_why(app):
    client = app.test_client()
    form = client.open_form("/account/register")
    for name in hostile_names():
        answer = form.submit(username=name, password=PASSWORD, password_confirm=PASSWORD)
        assert answer.status_code in (303, 422), name
        if answer.status_code == 303:
            form = app.test_client().open_form("/account/register")
        else:
            assert 'id="nx-username-error"' in answer.text, name


def test_hostile_names_can_be_asked_for(any_app):
    with any_app.app_context():
        for name in hostile_names():
            assert user_by_name(name) is None
            assert user_by_identifier(name) is None
            assert user_by_identifier(name + "@example.org") is None
