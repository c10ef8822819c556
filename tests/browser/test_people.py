"""Into a group by an invitation, and what administrators do for who can't get in."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import equip, faults
from tests.browser.overflow import too_wide
from tests.browser.steps import press
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

PASSWORD, NEW = "three words and more", "four words and a comma"
GROUP = "Cohort of spring"


def chosen(tab: Page, question: str, answer: str) -> Locator:
    return tab.get_by_role("group", name=question).get_by_label(answer)


def sign_in(tab: Page, password: str) -> None:
    tab.goto("/account/login?next=/wiki/spring/plans")
    tab.get_by_label("Name or e-mail").fill("liya-of-spring")
    tab.get_by_label("Password", exact=True).fill(password)
    press(tab, "Sign in")


def test_somebody_is_invited_to_closed_pages_and_helped_in_again(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("spring/plans", text="What we do in spring.\n")
    admin = equip(visit("boss-of-spring", role="admin", width=360))
    found: list[str] = []

    def look(words: str) -> None:
        expect(admin.get_by_role("main")).to_contain_text(words)
        admin.wait_for_load_state()  # the words may come before the rest of the page
        found.extend([*faults(admin), *too_wide(admin)])

    admin.goto("/groups/")
    admin.get_by_label("Name", exact=True).fill(GROUP)
    press(admin, "Create the group")

    # Its pages are closed to all others, once that is confirmed.
    admin.goto("/access/spring")
    chosen(admin, "Who may read", "Only administrators").check()
    chosen(admin, "Who may edit", "Only administrators").check()
    chosen(admin, "Groups that may also edit", GROUP).check()
    press(admin, "Set the rule")
    readers = f"administrators and the group “{GROUP}”"
    look(f"1 page: read by {readers} (now: everybody)")
    press(admin, "Confirm and set the rule")
    expect(admin.get_by_text("The rule has been set.")).to_be_visible()
    guest = visit(width=360, java_script_enabled=False)
    guest.goto("/wiki/spring/plans")
    expect(guest.get_by_role("main")).not_to_contain_text("What we do in spring.")

    admin.goto("/admin/invitations")
    admin.get_by_label("Label").fill("Spring")
    admin.get_by_label(GROUP).check()
    press(admin, "Create an invitation")
    look("It is shown only once.")
    guest.goto(admin.get_by_label("Link").input_value())
    guest.get_by_label("Name", exact=True).fill("liya-of-spring")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_label("Password again").fill(PASSWORD)
    press(guest, "Register")
    expect(guest.get_by_text("Welcome, liya-of-spring.")).to_be_visible()
    guest.goto("/wiki/spring/plans")
    expect(guest.locator("[data-text]")).to_have_text("What we do in spring.")
    guest.get_by_role("link", name=f"Read by {readers}").click()
    expect(guest.get_by_role("main")).to_contain_text(
        f"May edit, because the rule names the group “{GROUP}”."
    )

    # They forget their password, and have no address to which a link could be mailed.
    admin.goto("/admin/people?q=liya-of-spring&order=seen")
    look("Last seen")
    admin.get_by_role("main").get_by_role("link", name="liya-of-spring", exact=True).click()
    look("This person registered with the invitation Spring.")
    press(admin, "Create a password reset link")
    look("Don’t share it with anybody else.")
    phone = visit(width=360, java_script_enabled=False)
    phone.goto(admin.get_by_label("Link").input_value())
    phone.get_by_label("New password", exact=True).fill(NEW)
    phone.get_by_label("New password again").fill(NEW)
    press(phone, "Set new password")
    sign_in(phone, NEW)
    expect(phone.locator("[data-text]")).to_have_text("What we do in spring.")
    guest.goto("/account/settings")
    expect(guest.get_by_role("heading", level=1)).to_have_text("Sign in")

    # One of two sessions is ended by the administrator.
    sign_in(guest, NEW)
    admin.goto("/admin/people/liya-of-spring")
    sessions = admin.get_by_role("button", name=re.compile("^End this session"))
    expect(sessions).to_have_count(2)
    sessions.first.click()
    expect(sessions).to_have_count(1)
    open_ = []
    for tab in (guest, phone):
        tab.goto("/account/settings")
        open_.append(tab.get_by_role("heading", level=1).inner_text())
    assert sorted(open_) == ["Settings", "Sign in"]

    press(admin, "End all sessions")
    admin.get_by_role("link", name="Block this person").click()
    look("For how long?")
    expect(admin.get_by_label("Name or address")).to_have_value("liya-of-spring")
    admin.get_by_label("Reason").fill("Spam in five pages.")
    press(admin, "Block")
    look("blocked")
    sign_in(guest, NEW)
    expect(guest.get_by_role("main")).not_to_contain_text("What we do in spring.")
    assert found == []
