"""Versions that pages name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.community.freshness.versions import is_behind, named_versions


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Django 5.2", [("django", "5.2")]),
        ("Django v5", [("django", "5")]),
        ("applies to Django 5", [("django", "5")]),
        ("Python 3.12+, Django>=4", [("python", "3.12"), ("django", "4")]),
        (["Node.js 22.1.0-rc1", "Redis 7"], [("node.js", "22.1.0"), ("redis", "7")]),
        ("Ubuntu 24.04 LTS", [("ubuntu", "24.04")]),
        ("Dev 3, n8n 1.2, Vue3", [("dev", "3"), ("n8n", "1.2"), ("vue", "3")]),
        ("ሬዲስ 7", [("ሬዲስ", "7")]),
        ("5.2", []),
        ("Django", []),
        ("", []),
        (None, []),
        (17, []),
        ("x" * 5000 + " 1", []),
    ],
)
def test_a_name_and_a_number(written, found):
    read = named_versions({"versions": written}, ["applies_to", "versions"])
    assert [(version.key, version.number) for version in read] == found


@pytest.mark.parametrize(
    ("number", "current", "behind"),
    [
        ("5", "5.2", False),
        ("5.1", "5.2", True),
        ("4.2", "5", True),
        ("5.10", "5.9", False),
        ("5.2", "Django 5.2 LTS", False),
        ("6", "5.2", False),
        ("5", "", False),
        ("5", "soon", False),
        ("1", "9" * 400, True),
    ],
)
def test_behind_as_far_as_it_is_reported(number, current, behind):
    assert is_behind(number, current) is behind


@given(st.text(max_size=80), st.text(max_size=80))
def test_nothing_that_is_typed_breaks_it(written, current):
    for version in named_versions({"versions": written}, ["versions"]):
        is_behind(version.number, current)
