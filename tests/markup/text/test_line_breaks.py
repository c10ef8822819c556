"""Where a long name may end its line."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.markup import render
from wiki.markup.text.line_breaks import with_breaks


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("django.db.utils.OperationalError", "django.|db.|utils.|OperationalError"),
        ("update_or_create_defaults", "update_|or_|create_|defaults"),
        ("docs/howto/deployment", "docs/|howto/|deployment"),
        ("getServerSideProps", None),
        ("getServerSidePropsOfEveryPage", "get|Server|Side|Props|Of|Every|Page"),
        ("<code>getServerSideProps</code>", "<code>get|Server|Side|Props</code>"),
        ("NEXUS_MAX_BODY=1000000", "NEXUS_|MAX_|BODY=|1000000"),
        ("well-known-and-liked", "well-|known-|and-|liked"),
        ("__init__.py.__name__", "__init__.|py.__name__"),
        ("short.name", "short.name"),
        ("pneumonoultramicroscopicsilicovolcanoconiosis", None),
        ("https://example.org/a?b=c&amp;d=e", "https://|example.|org/|a?|b=|c&amp;d=|e"),
        ("&lt;b&gt;Bold&lt;/b&gt;", None),
    ],
)
def test_a_name_breaks_behind_its_signs(name, broken):
    assert with_breaks(name) == (broken or name).replace("|", "<wbr>")


def test_endless_code_breaks_anywhere():
    assert with_breaks(f"<code>{'f' * 64}</code>").count("<wbr>") == 6
    assert with_breaks(f"<p>{'f' * 64}</p>").count("<wbr>") == 0


def test_blocks_of_code_formulas_and_attributes_are_left_alone():
    text = "```text\na_very_long_name_of_something\n```\n\n$a_very.long_formula_{of.something}$\n"
    html = render(
        f"{text}\n[x](https://example.org/a_very_long_name 'a_title.of > many <words')\n"
    ).html
    assert "wbr" not in with_breaks(html)


@given(st.text(alphabet="aB.<>&_/ \"'=;"))
def test_only_places_to_break_are_added(text):
    html = render(text).html
    broken = with_breaks(html)
    assert broken.replace("<wbr>", "") == html
    assert re.findall(r"<[^>]*<wbr>", broken) == []
