"""The text of an access token, and where it stands in a request."""

from base64 import b64encode

import pytest

from wiki.accounts.tokens.secret import hash_token, is_whole, new_token
from wiki.web.authorization import token_in


def test_tokens_are_long_recognizable_and_never_the_same():
    token, other = new_token(), new_token()
    assert token.startswith("nexus_")
    assert token != other
    assert len(token) == len("nexus_") + 43 + 6
    assert is_whole(token)
    assert len(hash_token(token)) == 64


@pytest.mark.parametrize("position", [6, 30, 48, 49, 54])
def test_one_wrong_letter_is_noticed_without_looking_it_up(position):
    token = new_token()
    wrong = "a" if token[position] != "a" else "b"
    assert not is_whole(token[:position] + wrong + token[position + 1 :])


@pytest.mark.parametrize("broken", ["", "nexus_", "x" * 55, "nexus_" + "0" * 48, "ab\udcff"])
def test_what_is_not_whole_is_none(broken):
    assert not is_whole(broken)


@pytest.mark.parametrize(
    "around", ["{}", "  {} ", '"{}"', "'{}'", "{}\n", "“{}”", "`{}`\r\n", "\u00a0<{}>"]
)
def test_what_was_copied_along_is_taken_off(around):
    token = new_token()
    assert token_in(f"Bearer {around.format(token)}") == token
    pair = b64encode(f"selam:{around.format(token)}".encode()).decode()
    assert token_in(f"basic {pair}") == token


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!", "Basic " + b64encode(b"proxy:secret").decode(), "Digest x"]
)
def test_other_credentials_are_none_of_ours(header):
    assert token_in(header) is None


def test_any_bearer_is_meant_for_us():
    assert token_in("Bearer eyJhbGciOi") == "eyJhbGciOi"
    assert token_in("Bearer") == ""
