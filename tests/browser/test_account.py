"""What people do in their settings."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import press

pytestmark = pytest.mark.browser


def test_a_script_is_given_a_token_and_loses_it(visit: Callable[..., Page]) -> None:
    page = visit("selam", width=360, java_script_enabled=False)
    page.goto("/account/settings")
    page.get_by_role("link", name="Manage access tokens").click()
    page.get_by_label("Name").fill("nightly backup")
    press(page, "Create a token")
    token = page.get_by_label("nightly backup").input_value()
    script = visit()
    headers = {"Authorization": f"Bearer {token}"}
    assert script.request.get("/drafts", headers=headers, max_redirects=0).status == 200
    page.get_by_role("link", name="All access tokens").click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("last used .* ago|last used"))
    press(page, "Revoke nightly backup")
    expect(page.get_by_text("You have no access tokens.")).to_be_visible()
    assert script.request.get("/drafts", headers=headers, max_redirects=0).status == 401
