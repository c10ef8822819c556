"""A hub that answers over HTTP, for the command of learners."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests import factories
from tests.api.conftest import token_of


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Tests look at what the command says."""


@pytest.fixture
def hub(app: Flask) -> Iterator[str]:
    """The address of a server on the application of this test."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def sign_in(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`sign_in("selam", role="reader")` puts a token of theirs into NEXUS_TOKEN."""

    def sign_in(username: str, role: str = "learner") -> None:
        user = factories.make_user(app, username, role=role)
        monkeypatch.setenv("NEXUS_TOKEN", token_of(app, user))

    return sign_in


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Callable[..., Result]:
    """Runs a command as somebody whose home is empty."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("APPDATA", raising=False)
    monkeypatch.delenv("NEXUS_HUB", raising=False)
    monkeypatch.delenv("NEXUS_TOKEN", raising=False)
    return lambda command, *arguments, stdin="": CliRunner().invoke(command, arguments, input=stdin)
