"""Limits that are counted in Redis, for all processes together."""

import os
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests import factories
from tests.optional_resources import is_absent
from wiki.rate_limits import LimitReached, count_attempt

URL = os.environ.get("NEXUS_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A Redis that runs, from which the keys of this test are deleted."""
    try:
        import redis
    except ImportError:
        is_absent("needs the extra `redis`")
    server = redis.Redis.from_url(URL, socket_connect_timeout=5)
    try:
        before = set(server.keys("LIMITS*"))
    except redis.RedisError as error:
        is_absent(f"no Redis answers ({error}). Start one, or set NEXUS_TEST_REDIS_URL")
    yield URL
    if made := set(server.keys("LIMITS*")) - before:
        server.delete(*made)
    server.close()


def test_two_processes_count_together(make_app: Callable[..., Flask], redis_url: str) -> None:
    one = make_app(rate_limits=True, rate_limit_storage=redis_url)
    key = secrets.token_hex(8)
    with one.app_context():
        count_attempt("2 per minute", key)
    other = make_app(rate_limits=True, rate_limit_storage=redis_url)
    with other.app_context():
        count_attempt("2 per minute", key)
        with pytest.raises(LimitReached) as reached:
            count_attempt("2 per minute", key)
    assert 50 < reached.value.wait <= 60


def test_guessing_a_password_ends(make_app: Callable[..., Flask], redis_url: str) -> None:
    app = make_app(rate_limits=True, rate_limit_storage=redis_url)
    factories.make_user(app, f"selam-{secrets.token_hex(4)}")
    client: Any = app.test_client()
    name = secrets.token_hex(8)
    answers = [
        client.post_form("/account/login", username=name, password="wrong").status_code
        for _ in range(6)
    ]
    assert answers == [422] * 5 + [429]


def test_without_redis_each_process_counts_by_itself(make_app: Callable[..., Flask]) -> None:
    pytest.importorskip("redis")
    # Nothing listens there.
    app = make_app(rate_limits=True, rate_limit_storage="redis://127.0.0.1:1/0")
    key = secrets.token_hex(8)
    with app.app_context():
        count_attempt("1 per minute", key)
        with pytest.raises(LimitReached) as reached:
            count_attempt("1 per minute", key)
    assert 0 < reached.value.wait <= 60
