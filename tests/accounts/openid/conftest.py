"""A wiki that people sign in to by a provider, and what they do in their browsers."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener

import pytest
from flask import Flask

from tests import factories
from tests.openid_provider import Provider
from tests.person import Person

CALLBACK = "http://localhost/account/openid/callback"


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        return None


# A proxy that is set for the world outside has no business with this machine.
_open = build_opener(ProxyHandler({}), _Stay)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = Provider(CALLBACK).start()
    yield running
    running.stop()


@pytest.fixture
def app(make_app: Callable[..., Flask], provider: Provider, request: Any) -> Flask:
    """The wiki, with an administrator."""
    marker = request.node.get_closest_marker("settings")
    app = make_app(**provider.settings, **(marker.kwargs if marker else {}))
    factories.make_user(app, "boss", role="admin")
    return app


def at_provider(leads: Any) -> str:
    """What the wiki is asked for when the provider sends the browser back there."""
    assert leads.status_code == 303, leads.text
    with pytest.raises(HTTPError) as answer:
        _open.open(leads.location, timeout=30)
    answer.value.close()
    parts = urlsplit(answer.value.headers["Location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == CALLBACK
    return f"{parts.path}?{parts.query}"


Arrive = Callable[..., Any]


@pytest.fixture
def arrive() -> Arrive:
    """`arrive(browser)` signs in at the provider, and gives what the wiki then answers."""

    def arrive(browser: Any, start: str = "/account/openid") -> Any:
        return browser.get(at_provider(browser.get(start)))

    return arrive


@pytest.fixture
def selam(app: Flask, client: Person, arrive: Arrive) -> Person:
    """Registered by the provider, and signed in."""
    answer = arrive(client)
    assert answer.location == "/account/openid/register"
    assert client.post_form("/account/openid/register", username="selam").status_code == 303
    return client
