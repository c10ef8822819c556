"""Names that look like others."""

import pytest

from tests.factories import PASSWORD
from wiki.accounts.credentials.confusables import skeleton
from wiki.accounts.users import user_by_name

ALIKE = [
    ("alice", ["aIice", "a1ice", "al-ice", "a.lice", "ᴀlice", "аlice", "ALICE", "αlice"]),
    ("paul", ["pauI", "pau1", "раul"]),
    ("boss1", ["b0ss1", "bossl", "bossI", "BOSS1"]),
    ("modern", ["rnodern", "Modern", "rno-dern"]),
    ("scope", ["ѕсоре", "SC0PE"]),
    ("west", ["vvest", "VVest"]),
    ("izmir", ["İzmir", "ızmir", "lzmir"]),
    ("google", ["ɡoogle", "g00gle"]),
]
APART = [
    ("user1", "user2"),
    ("josé", "jose"),
    ("нина", "вива"),
    ("ሰላም", "ሰላምታ"),
    ("李", "李明"),
    ("nana", "νανα"),
]


@pytest.mark.parametrize(("name", "others"), ALIKE)
def test_these_look_alike(name, others):
    assert {skeleton(other) for other in others} == {skeleton(name)}


@pytest.mark.parametrize(("one", "other"), APART)
def test_these_do_not(one, other):
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize(
    ("name", "other"), [(name, other) for name, others in ALIKE for other in others[:4]]
)
def test_a_name_that_looks_like_a_taken_one_is_refused(app, make_user, register, name, other):
    make_user(name)
    answer = register(other, by=app.test_client())
    assert answer.status_code == 422
    assert 'id="nx-username-error"' in answer.text
    with app.app_context():
        assert user_by_name(other) is None or user_by_name(other).username == name


def test_a_name_that_looks_like_one_of_the_wiki_itself_is_kept(app, make_user, register):
    make_user("selam")
    for name in ["adm1n", "admln", "Adm-in", "r00t", "rnoderator", "0wner"]:
        answer = register(name, by=app.test_client())
        assert answer.status_code == 422, name
        assert "This name is reserved" in answer.text, name


def test_who_has_the_name_signs_in_and_nobody_by_a_look_alike(app, make_user, sign_in):
    make_user("alice")
    assert sign_in("alice").status_code == 303
    assert sign_in("a1ice", PASSWORD, by=app.test_client()).status_code == 422
