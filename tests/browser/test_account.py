"""What people do in their settings."""

import re
import time
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import equip, faults
from tests.browser.overflow import too_wide
from tests.browser.steps import editor, press
from tests.factories import PASSWORD
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser


def test_a_script_is_given_a_token_and_loses_it(visit: Callable[..., Page]) -> None:
    page = equip(visit("selam", width=360))
    page.goto("/account/settings")
    page.get_by_role("link", name="Access tokens").click()
    page.get_by_label("Name").fill("nightly backup")
    press(page, "Create a token")
    token = page.get_by_label("nightly backup").input_value()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(page, "Copy")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == token
    assert faults(page) + too_wide(page) == []
    script = visit()
    headers = {"Authorization": f"Bearer {token}"}
    assert script.request.get("/drafts", headers=headers, max_redirects=0).status == 200
    page.get_by_role("link", name="All access tokens").click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("last used .* ago|last used"))
    press(page, "Revoke nightly backup")
    expect(page.get_by_text("You have no access tokens.")).to_be_visible()
    assert script.request.get("/drafts", headers=headers, max_redirects=0).status == 401


def test_a_phone_becomes_the_second_factor(visit: Callable[..., Page]) -> None:
    page = equip(visit("hana", width=360))
    page.goto("/account/settings")
    page.get_by_role("link", name="Second factor").click()
    page.get_by_label("Current password").fill(PASSWORD)
    press(page, "Set up a second factor")
    picture = page.get_by_role("img", name="QR code")
    assert picture.evaluate("image => image.naturalWidth") > 0  # the policy lets it through
    secret = page.locator(".secret").inner_text().replace(" ", "")
    assert faults(page) + too_wide(page) == []
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    press(page, "Switch it on")
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    assert faults(page) + too_wide(page) == []
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download them").click()
    whose, where, _, *saved_codes = saved.value.path().read_text().splitlines()
    assert (whose, saved_codes) == ("Recovery codes of hana", codes)
    page.emulate_media(media="print")  # says whose they are and where, and has nothing to press
    expect(page.get_by_text("Recovery codes of hana")).to_be_visible()
    expect(page.get_by_text(where)).to_be_visible()
    expect(page.get_by_role("link", name="I have kept them")).to_be_hidden()
    page.emulate_media(media="null")

    elsewhere = equip(visit(java_script_enabled=False))
    elsewhere.goto("/account/login?next=/changes")
    elsewhere.get_by_label("Name or e-mail").fill("hana")
    elsewhere.get_by_label("Password").fill(PASSWORD)
    press(elsewhere, "Sign in")
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Enter your code")
    elsewhere.get_by_label("Code").fill(codes[0])
    press(elsewhere, "Sign in")
    expect(elsewhere).to_have_url(re.compile("/changes$"))
    expect(elsewhere.get_by_text("9 recovery codes are left.")).to_be_visible()
    elsewhere.goto("/account/logout")
    press(elsewhere, "Sign out")
    elsewhere.goto("/account/login")
    elsewhere.get_by_label("Name or e-mail").fill("hana")
    elsewhere.get_by_label("Password").fill(PASSWORD)
    press(elsewhere, "Sign in")
    elsewhere.get_by_label("Code").fill(pyotp.TOTP(secret).at(time.time() + 30))
    press(elsewhere, "Sign in")
    expect(elsewhere.get_by_text("hana")).to_be_visible()


def test_a_passkey_takes_the_place_of_the_password(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    page = equip(visit())
    site = live_server.url.replace("127.0.0.1", "localhost")  # an address can't have passkeys
    live_server.cookie_of("abeba")
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"{site}/account/login")
    page.get_by_label("Name or e-mail").fill("abeba")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    page.goto(f"{site}/account/settings")
    page.get_by_role("link", name="Passkeys").click()
    page.get_by_label("Current password").fill(PASSWORD)
    press(page, "Add a passkey")
    page.get_by_label("Name").fill("laptop")
    press(page, "Create the passkey")
    expect(page.get_by_text("You can sign in with this passkey from now on.")).to_be_visible()
    assert faults(page) == []
    page.goto(f"{site}/account/logout")
    press(page, "Sign out")

    page.goto(f"{site}/account/login?next=/changes")
    page.get_by_role("main").get_by_role("link", name="Sign in with a passkey").click()
    press(page, "Sign in with a passkey")
    expect(page).to_have_url(f"{site}/changes")
    page.goto(f"{site}/account/passkeys")
    expect(page.get_by_role("main")).to_contain_text("last used")
    press(page, "Remove laptop")
    expect(page.get_by_text("You have no passkeys.")).to_be_visible()

    page.goto(f"{site}/account/logout")
    press(page, "Sign out")
    page.goto(f"{site}/account/login/passkey")
    press(page, "Sign in with a passkey")
    expect(page.get_by_text("This passkey isn’t known here.")).to_be_visible()


def test_without_scripts_a_passkey_page_says_what_is_missing(visit: Callable[..., Page]) -> None:
    page = visit(java_script_enabled=False)
    page.goto("/account/login/passkey")
    expect(page.get_by_text("JavaScript is switched off")).to_be_visible()


def test_a_password_can_be_looked_at_while_it_is_typed(visit: Callable[..., Page]) -> None:
    page = equip(visit())
    page.goto("/account/login")
    password = page.get_by_label("Password")
    password.fill("three words")
    press(page, "Show password")
    expect(password).to_have_attribute("type", "text")
    assert faults(page) == []
    press(page, "Hide password")
    expect(password).to_have_attribute("type", "password")
    expect(password).to_have_value("three words")


def test_somebody_takes_their_data_along_and_leaves(visit: Callable[..., Page]) -> None:
    page = visit("zala", width=360, java_script_enabled=False)
    page.goto("/new?title=Farewell")
    editor(page).fill("So long.")
    press(page, "Save")
    page.goto("/account/settings")
    page.get_by_role("link", name="Close your account").click()
    page.get_by_role("link", name="Download your data first").click()
    with page.expect_download() as saved:
        press(page, "Download as ZIP")
    assert saved.value.suggested_filename == "zala.zip"
    page.goto("/account/close")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("I want to close my account for good").check()
    press(page, "Close my account")
    expect(page.get_by_text("Your account is closed.")).to_be_visible()
    page.goto("/history/farewell")
    expect(page.get_by_role("main")).to_contain_text("a former member")
    expect(page.get_by_role("main")).not_to_contain_text("zala")
