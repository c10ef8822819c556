"""Numbers in requests, whatever is written in their place."""

import pytest
from flask import Flask

from wiki.web.request_values import MAX_ID, parse_number, prefers_json


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("7", 7), (str(MAX_ID), MAX_ID), (str(MAX_ID + 1), None), ("9" * 5_000, None)],
)
def test_numbers_end_at_what_an_id_can_be(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize("text", [None, "", "-1", "+1", "1.0", " 1", "1_0", "٣", "²", "0x1", "one"])
def test_nothing_else_is_a_number(text):
    assert parse_number(text) is None


def test_another_highest_number_may_be_given():
    assert parse_number("50", 50) == 50
    assert parse_number("51", 50) is None


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        ("application/json", True),
        ("application/json, text/html;q=0.5", True),
        ("text/html,application/json;q=0.9", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_json_is_for_whoever_prefers_it(accept, is_json):
    with Flask("test").test_request_context(headers={"Accept": accept}):
        assert prefers_json() is is_json
