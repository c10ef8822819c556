"""`nexus user …`."""

import pytest

from tests.accounts.conftest import is_signed_in
from tests.factories import PASSWORD
from wiki.accounts.cli import user_group
from wiki.accounts.users import user_by_name


@pytest.fixture
def user(app):
    """`user("role", "selam", "admin")`: the command's result."""
    runner = app.test_cli_runner()
    return lambda *words, typed="": runner.invoke(user_group, list(words), input=typed)


def role_of(app, name: str) -> str:
    with app.app_context():
        return user_by_name(name).role


def test_a_person_is_added_and_can_sign_in(app, user, sign_in):
    result = user(
        "create", "selam", "--email", "s@example.org", "--password-stdin", typed=PASSWORD + "\n"
    )
    assert (result.exit_code, result.stdout) == (0, "Added selam as admin.\n")
    assert sign_in("s@example.org").status_code == 303


def test_the_second_person_learns_and_a_role_can_be_named(app, user, make_user):
    make_user("selam")
    user("create", "dawit", "--password-stdin", typed=PASSWORD)
    user("create", "admin", "--role", "admin", "--password-stdin", typed=PASSWORD)
    assert role_of(app, "dawit") == "learner"
    assert role_of(app, "admin") == "admin"


def test_what_is_refused_is_reported_with_status_1(user, make_user):
    make_user("selam")
    cases = [
        ("selam", PASSWORD, "is already taken"),
        ("a b", PASSWORD, "Use only letters"),
        ("dawit", "tiny", "too short. Use at least 8 characters"),
        ("dawit", "", "too short"),
    ]
    for name, typed, told in cases:
        result = user("create", name, "--password-stdin", typed=typed)
        assert result.exit_code == 1, name
        assert told in result.stderr, name


def test_without_a_terminal_it_says_how_to_give_the_password(user):
    result = user("create", "selam", typed=PASSWORD)
    assert result.exit_code == 2
    assert "--password-stdin" in result.stderr


def test_a_role_is_changed(app, user, make_user):
    make_user("selam")
    assert user("role", "SELAM", "reader").stdout == "selam now has the role reader.\n"
    assert role_of(app, "selam") == "reader"


def test_an_unknown_role_is_a_wrong_use(user, make_user):
    make_user("selam")
    assert user("role", "selam", "king").exit_code == 2


@pytest.mark.parametrize("words", [("role", "nobody", "admin"), ("disable", "nobody")])
def test_an_unknown_person_is_reported(user, words):
    result = user(*words)
    assert result.exit_code == 1
    assert "There is no user 'nobody'" in result.stderr


@pytest.mark.parametrize("words", [("role", "selam", "learner"), ("disable", "selam")])
def test_the_last_administrator_stays_one(app, user, make_user, words):
    make_user("selam", role="admin")
    make_user("dawit", role="admin", is_enabled=False)
    result = user(*words)
    assert result.exit_code == 1
    assert "last administrator" in result.stderr
    assert role_of(app, "selam") == "admin"


def test_one_of_two_administrators_may_go(app, user, make_user):
    make_user("selam", role="admin")
    make_user("dawit", role="admin")
    assert user("role", "selam", "learner").exit_code == 0
    assert user("role", "dawit", "learner").exit_code == 1


def test_a_new_password_ends_the_old_sessions(user, client_of, sign_in):
    selam = client_of("selam")
    assert user("password", "selam", "--password-stdin", typed="another good one\n").exit_code == 0
    assert not is_signed_in(selam)
    assert sign_in("selam", "another good one").status_code == 303


@pytest.mark.parametrize(("name", "typed"), [("selam", "tiny"), ("nobody", PASSWORD)])
def test_a_refused_password_changes_nothing(user, client_of, name, typed):
    selam = client_of("selam")
    assert user("password", name, "--password-stdin", typed=typed).exit_code == 1
    assert is_signed_in(selam)


def test_a_person_is_kept_out_and_let_in_again(user, client_of, sign_in):
    selam = client_of("selam")
    assert user("disable", "selam").exit_code == 0
    assert not is_signed_in(selam)
    assert sign_in("selam").status_code == 422
    assert user("enable", "selam").exit_code == 0
    assert sign_in("selam").status_code == 303


def test_everybody_is_listed(user, make_user):
    make_user("selam", role="admin", email="s@example.org")
    make_user("dawit", is_enabled=False)
    rows = [line.split("\t")[:3] for line in user("list").stdout.splitlines()]
    assert rows == [["selam", "admin", "s@example.org"], ["dawit", "learner, disabled", "-"]]
