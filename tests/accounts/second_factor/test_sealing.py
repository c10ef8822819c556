"""Secrets of second factors are encrypted, and stay readable when the secret key changes."""

from collections.abc import Callable

import pyotp
import pytest
from flask import Flask

from tests import databases
from wiki.accounts.models import User
from wiki.accounts.second_factor.codes import new_secret
from wiki.accounts.second_factor.factor import check_code, switch_on
from wiki.accounts.second_factor.models import SecondFactor
from wiki.accounts.second_factor.sealing import is_up_to_date, seal, seal_all, unseal
from wiki.config import read_settings
from wiki.database import db, write_transaction
from wiki.setting_types.values import InvalidSetting

NEW_KEY = "another key of at least thirty-two characters"


def stored(app: Flask) -> str:
    with app.app_context():
        return str(db.session.scalar(db.select(SecondFactor.secret)))


def code_of(secret: str) -> str:
    return pyotp.TOTP(secret).now()


def test_the_database_does_not_tell_it(any_app: Flask, make_user: Callable[..., User]) -> None:
    selam, secret = make_user("selam"), new_secret()
    with any_app.app_context():
        switch_on(selam, secret, code_of(secret))
    assert secret not in stored(any_app)
    with any_app.app_context():
        assert unseal(stored(any_app), selam.id) == secret
        assert seal(secret, selam.id) != seal(secret, selam.id)


def test_nobody_elses_row_opens(context: Flask) -> None:
    sealed = seal(new_secret(), 1)
    assert unseal(sealed, 2) is None
    assert unseal(sealed[:-6] + "AAAAA=", 1) is None


def test_one_that_was_stored_as_it_is_works_and_is_sealed_at_its_use(
    app: Flask, make_user: Callable[..., User]
) -> None:
    selam, secret = make_user("selam"), new_secret()
    with app.app_context():
        with write_transaction() as session:
            session.add(SecondFactor(user_id=selam.id, secret=secret, last_step=0))
        check_code(selam.id, code_of(secret))
        assert is_up_to_date(stored(app))
        assert unseal(stored(app), selam.id) == secret


@pytest.mark.parametrize("former", [(databases.KEY,), (NEW_KEY[::-1], databases.KEY)])
def test_a_new_key_takes_over(
    make_app: Callable[..., Flask], app: Flask, make_user: Callable[..., User], former: tuple[str]
) -> None:
    selam, secret = make_user("selam"), new_secret()
    with app.app_context(), write_transaction() as session:
        session.add(SecondFactor(user_id=selam.id, secret=seal(secret, selam.id), last_step=0))
    without = make_app(secret_key=NEW_KEY)
    with without.app_context():
        assert unseal(stored(without), selam.id) is None
        assert seal_all() == 0
    rotating = make_app(secret_key=NEW_KEY, former_secret_keys=former)
    with rotating.app_context():
        assert (seal_all(), seal_all()) == (1, 0)
    with without.app_context():
        assert unseal(stored(without), selam.id) == secret


def test_former_keys_are_checked_and_not_shown(tmp_path: object) -> None:
    environment = {"NEXUS_INSTANCE": str(tmp_path)}
    with pytest.raises(InvalidSetting, match="NEXUS_FORMER_SECRET_KEYS"):
        read_settings(environment | {"NEXUS_FORMER_SECRET_KEYS": f"{NEW_KEY}, short"})
    settings = read_settings(environment | {"NEXUS_FORMER_SECRET_KEYS": f"{NEW_KEY},"})
    assert settings.former_secret_keys == (NEW_KEY,)
    assert NEW_KEY not in repr(settings)
