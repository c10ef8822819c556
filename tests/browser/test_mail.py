"""Mail from end to end: a real server, its process that sends, and a real mail server."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import equip, faults
from tests.browser.overflow import too_wide
from tests.browser.steps import press
from tests.live_server import LiveServer
from tests.mail_servers import MailServer, text_of
from wiki.mail.sender import SENDER

pytestmark = pytest.mark.browser

PASSWORD = "three words and more"
NEW = "four words and a comma"


@pytest.fixture(scope="module")
def live_server(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, mail_server: MailServer
) -> Iterator[LiveServer]:
    """With a mail server, and an administrator."""
    server = LiveServer(
        tmp_path_factory.mktemp("mailing"),
        environment={
            "NEXUS_SMTP_URL": mail_server.url,
            "NEXUS_MAIL_FROM": "Nexus <wiki@example.org>",
            "NEXUS_WORKERS": "2",
        },
        followers=[SENDER],
    ).begin_with(migrated_sqlite)
    server.settings["NEXUS_BASE_URL"] = server.url
    yield server.start()
    server.kill()


@pytest.fixture(autouse=True)
def administrator(live_server: LiveServer) -> None:
    live_server.make_user("abeba", role="admin", email="abeba@example.org")


def link_of(server: MailServer, subject: str) -> str:
    found = re.search(r"^http://\S+link=\S+", text_of(server.wait_for(subject)), re.MULTILINE)
    assert found
    return found[0]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_address_is_confirmed_and_a_forgotten_password_replaced(
    visit: Callable[..., Page], mail_server: MailServer, scripts: bool
) -> None:
    name = f"selam{scripts}".lower()
    page = visit(width=360, java_script_enabled=scripts)
    page.goto("/account/register")
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    press(page, "Register")
    expect(page.get_by_text(f"sent to {name}@example.org")).to_be_visible()
    page.goto(link_of(mail_server, "Confirm your e-mail address"))
    press(page, "Confirm this address")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your e-mail address is confirmed")

    phone = visit(java_script_enabled=scripts)
    phone.goto("/account/login")
    phone.get_by_role("link", name="Forgotten your password?").click()
    phone.get_by_label("Name or e-mail").fill(f"{name}@example.org")
    press(phone, "Send me a link")
    expect(phone.get_by_text("a link is on its way")).to_be_visible()
    phone.goto(link_of(mail_server, "Reset your password"))
    phone.get_by_label("New password", exact=True).fill(NEW)
    phone.get_by_label("New password again").fill(NEW)
    press(phone, "Set new password")
    phone.get_by_label("Name or e-mail").fill(name)
    phone.get_by_label("Password", exact=True).fill(NEW)
    press(phone, "Sign in")
    expect(phone.get_by_role("button", name="Sign in")).to_have_count(0)
    mail_server.wait_for("Your password for Nexus was changed")
    page.goto("/account/settings")  # signed out by the new password
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_sender_that_is_killed_is_started_anew(
    visit: Callable[..., Page], live_server: LiveServer, mail_server: MailServer
) -> None:
    (sender,) = senders_of(live_server)
    os.kill(sender, signal.SIGKILL)
    page = visit("abeba", role="admin")
    page.goto("/admin/mail")
    press(page, "Send a test mail")
    assert mail_server.wait_for("Test mail")["To"] == "abeba@example.org"
    until = time.monotonic() + 60
    while senders_of(live_server) in ([], [sender]):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert len(senders_of(live_server)) == 1


def senders_of(server: LiveServer) -> list[int]:
    """The processes that send mails; there is one, however many workers."""
    found = []
    for process in server.processes():
        try:
            with open(f"/proc/{process}/cmdline", "rb") as file:
                command = file.read().split(b"\0")
        except OSError:
            continue
        if b"mail" in command and b"follow" in command:
            found.append(process)
    return found


@pytest.mark.parametrize("width", [360, 1280])
def test_its_pages_are_for_everybody(
    visit: Callable[..., Page], live_server: LiveServer, mail_server: MailServer, width: int
) -> None:
    mail_server.refuse_recipient.append("550 5.1.1 no such user here")
    admin = equip(visit("abeba", role="admin", width=width, bypass_csp=True))
    admin.goto("/admin/mail")
    admin.get_by_label("Recipient").fill("nobody@a-rather-long-name-of-a-domain.example.org")
    press(admin, "Send a test mail")
    until = time.monotonic() + 60
    while not admin.get_by_text("no such user here").count():
        assert time.monotonic() < until
        admin.reload()
    assert faults(admin) + too_wide(admin) == []
    press(admin, "Discard nobody@a-rather-long-name-of-a-domain.example.org")
    expect(admin.get_by_text("The mail is discarded.")).to_be_visible()

    for address in ("/account/forgotten", "/account/settings", "/account/email/confirm?link=x"):
        admin.goto(address)
        assert faults(admin) + too_wide(admin) == []
