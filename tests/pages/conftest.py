"""The people of these tests."""

from collections.abc import Callable

import pytest

from tests.person import Person


@pytest.fixture
def selam(client_of: Callable[..., Person]) -> Person:
    """A learner."""
    return client_of("selam")


@pytest.fixture
def dawit(client_of: Callable[..., Person]) -> Person:
    """Another learner."""
    return client_of("dawit")


@pytest.fixture
def admin(client_of: Callable[..., Person]) -> Person:
    """Who runs the hub."""
    return client_of("abeba", role="admin")


@pytest.fixture
def mentor(client_of: Callable[..., Person]) -> Person:
    """Who looks after others' changes."""
    return client_of("meron", role="mentor")


@pytest.fixture
def reader(client_of: Callable[..., Person]) -> Person:
    """Somebody with an account that reads only."""
    return client_of("reta", role="reader")
