"""Programs that use the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import factories
from wiki.accounts.models import User
from wiki.accounts.tokens.models import TokenScope
from wiki.accounts.tokens.tokens import TokenTerms, create_token
from wiki.database import utcnow


class Program:
    """Sends requests with a token, below the root of the API."""

    def __init__(self, app: Flask, token: str = "") -> None:
        self.client, self.token = app.test_client(), token

    def ask(self, method: str, address: str, **more: Any) -> TestResponse:
        headers = dict(more.pop("headers", {}))
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return self.client.open(f"/api/v1{address}", method=method, headers=headers, **more)

    def get(self, address: str, **more: Any) -> TestResponse:
        return self.ask("GET", address, **more)

    def post(self, address: str, body: Any = None, **more: Any) -> TestResponse:
        return self.ask("POST", address, **({} if body is None else {"json": body}), **more)

    def patch(self, address: str, body: Any, tag: str = "", **more: Any) -> TestResponse:
        headers = {"If-Match": tag} if tag else {}
        return self.ask("PATCH", address, json=body, headers=headers, **more)

    def put(self, address: str, body: Any) -> TestResponse:
        return self.ask("PUT", address, json=body)

    def delete(self, address: str, tag: str = "") -> TestResponse:
        return self.ask("DELETE", address, headers={"If-Match": tag} if tag else {})


def token_of(app: Flask, user: User, scope: TokenScope = TokenScope.WRITE) -> str:
    with app.test_request_context():
        return create_token(user, TokenTerms("A test", scope, utcnow() + timedelta(days=1)))


@pytest.fixture
def stranger(app: Flask) -> Program:
    return Program(app)


@pytest.fixture
def program_of(app: Flask) -> Callable[..., Program]:
    """`program_of("selam", role="learner", scope=Scope.WRITE)`."""

    def program_of(
        username: str, role: str = "learner", scope: TokenScope = TokenScope.WRITE, **columns: Any
    ) -> Program:
        user = factories.make_user(app, username, role=role, **columns)
        return Program(app, token_of(app, user, scope))

    return program_of
