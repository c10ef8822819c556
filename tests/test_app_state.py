"""What each application has one of."""

import pytest
from flask import Flask

from wiki.app_state import AppState


def test_a_value_belongs_to_one_application():
    state = AppState[str]("word")
    one, other = Flask("one"), Flask("other")
    state.put(one, "first")
    state.put(other, "second")
    assert (state.of(one), state.of(other)) == ("first", "second")
    with one.app_context():
        assert state.current() == "first"


def test_what_is_made_at_first_use_is_made_once_for_each_application():
    state = AppState("list", list)
    one, other = Flask("one"), Flask("other")
    assert state.of(one) is state.of(one)
    assert state.of(one) is not state.of(other)


def test_what_nobody_has_put_there_is_missed():
    with pytest.raises(KeyError, match="word"):
        AppState[str]("word").of(Flask("one"))
