"""Coming by a provider of OpenID Connect, and linking it, in a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import equip, faults
from tests.browser.overflow import too_wide
from tests.browser.steps import press
from tests.factories import PASSWORD
from tests.live_server import LiveServer
from tests.openid_provider import Provider

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    server = Provider("").start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def live_server(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, provider: Provider
) -> Iterator[LiveServer]:
    """With a provider, and an administrator."""
    named = {f"NEXUS_{name.upper()}": value for name, value in provider.settings.items()}
    server = LiveServer(
        tmp_path_factory.mktemp("openid"), environment={**named, "NO_PROXY": "127.0.0.1"}
    ).begin_with(migrated_sqlite)
    provider.redirect_uri = f"{server.url}/account/openid/callback"
    yield server.start()
    server.kill()


@pytest.mark.parametrize(
    ("scripts", "width"), [(True, 1280), (False, 360)], ids=["scripts", "no scripts"]
)
def test_somebody_comes_by_a_provider(
    visit: Callable[..., Page],
    live_server: LiveServer,
    provider: Provider,
    scripts: bool,
    width: int,
) -> None:
    name = f"selam{width}"
    live_server.make_user("abeba", role="admin")
    provider.who = {"sub": name, "preferred_username": name}
    page = visit(width=width, java_script_enabled=scripts)
    page.goto("/account/login")
    page.get_by_role("link", name="Sign in with School").click()
    expect(page.get_by_label("Name")).to_have_value(name)
    press(page, "Register")
    expect(page.get_by_text(f"Welcome, {name}.")).to_be_visible()

    phone = visit(width=width, java_script_enabled=scripts)
    phone.goto("/account/login")
    phone.get_by_role("link", name="Sign in with School").click()
    phone.goto("/account/identities")
    expect(phone.get_by_text(name).first).to_be_visible()
    press(phone, f"Unlink {name}")
    expect(phone.get_by_text("Set a password first")).to_be_visible()


def test_somebody_links_it(
    visit: Callable[..., Page], live_server: LiveServer, provider: Provider
) -> None:
    live_server.make_user("abeba", role="admin")
    provider.who = {"sub": "dawit at school"}
    page = visit("dawit")
    page.goto("/account/settings")
    page.get_by_role("link", name="Linked identities").click()
    page.get_by_label("Current password").fill(PASSWORD)
    press(page, "Continue")
    page.get_by_role("link", name="Continue to School").click()
    expect(page.get_by_text("You can sign in with School from now on.")).to_be_visible()
    expect(page.get_by_text("dawit at school").first).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_its_pages_are_for_everybody(
    visit: Callable[..., Page], live_server: LiveServer, provider: Provider, width: int
) -> None:
    live_server.make_user("abeba", role="admin")
    provider.who = {"sub": f"hanna{width}", "preferred_username": f"hanna{width}"}
    page = equip(visit(width=width, bypass_csp=True))
    wrong = []
    page.goto("/account/login")
    wrong += faults(page) + too_wide(page)
    page.goto("/account/openid")
    wrong += faults(page) + too_wide(page)
    press(page, "Register")
    page.goto("/account/identities")
    wrong += faults(page) + too_wide(page)
    provider.refusal = {"error": "access_denied", "error_description": "Not today. " * 20}
    stranger = equip(visit(width=width, bypass_csp=True))
    stranger.goto("/account/openid")
    provider.refusal = {}
    wrong += faults(stranger) + too_wide(stranger)
    assert wrong == []
