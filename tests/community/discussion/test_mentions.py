"""`@name`: who is meant, in any script, and who is not."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests import factories
from wiki.accounts.models import User
from wiki.accounts.users import change_user
from wiki.community.discussion.mentions import (
    mentioned_users,
    names_in,
    users_called,
    with_mentions,
)
from wiki.database import db
from wiki.markup import render

NAMES = ("selam", "ሰላም", "أحمد", "dawit.k", "o-neil_2", "नीता")


@pytest.fixture
def people(context: Flask, make_user: Callable[..., User]) -> dict[str, int]:
    return {name: make_user(name).id for name in NAMES}


def named(text: str, people: dict[str, int]) -> list[str]:
    ids = mentioned_users(db.session(), render(text).html)
    return [next(name for name, id_ in people.items() if id_ == found) for found in ids]


def test_who_is_meant(people: dict[str, int]) -> None:
    cases = [
        ("Thank you, @selam.", ["selam"]),
        ("@SELAM, @selam and (@dawit.k): see", ["selam", "dawit.k"]),
        ("@ሰላም፣ ይህን ተመልከት", ["ሰላም"]),
        ("شكرا @أحمد، رائع", ["أحمد"]),
        ("@नीता कैसी हैं?", ["नीता"]),
        ("**@o-neil_2**…", ["o-neil_2"]),
        ("> @selam:\n\nYes.", ["selam"]),
        ("- @dawit.k.", ["dawit.k"]),
        ('"@selam" \\<@ሰላም> R&D&@dawit.k', ["selam", "ሰላም", "dawit.k"]),
        ("@dawit.k.and.more", ["dawit.k"]),
        ("`@selam` and\n\n    @selam\n\n```\n@selam\n```", []),
        ("selam@selam.example or x@selam", []),
        ("[@selam](https://example.org)", []),
        ("https://example.org/@selam", []),
        ("@nobody @selamawit @ selam @@selam", []),
        ("@\u202eselam &commat;x", []),
    ]
    for text, meant in cases:
        assert named(text, people) == meant, text


def test_a_name_is_a_link_to_who_is_called_so(app: Flask, people: dict[str, int]) -> None:
    html = render("Ask @selam or @nobody, not `@selam`.").html
    with app.test_request_context():
        shown = with_mentions(html, users_called(db.session(), names_in(html)))
    assert shown.count("<a ") == 1
    assert '<a class="mention" href="/users/selam"><bdi>@selam</bdi></a> or @nobody' in shown
    assert "<code>@selam</code>" in shown


def test_closed_and_disabled_accounts_are_nobody(app: Flask, people: dict[str, int]) -> None:
    change_user("selam", is_enabled=False)
    factories.make_user(app, "former-member-7")
    assert named("@selam @former-member-7", people) == []


def test_everybody_is_no_mention(app: Flask, context: Flask) -> None:
    for number in range(25):
        factories.make_user(app, f"person{number}")
    text = " ".join(f"@person{number}" for number in range(25))
    assert len(mentioned_users(db.session(), render(text).html)) == 20


def test_a_comment_of_names_costs_no_more_than_some(context: Flask) -> None:
    many = " ".join(f"@a{number}.x.x.x.x.x.x.x.x.x.x.x" for number in range(700))
    names = names_in(render(many).html)
    assert 200 < len(names) <= 200 * 8
    assert users_called(db.session(), [f"nobody-{n}" for n in range(100_000)]) == {}
