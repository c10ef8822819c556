"""Threads and comments, through HTTP."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests import factories
from tests.person import Person
from wiki.accounts.models import User
from wiki.pages.writing.write import SaveResult


@pytest.fixture
def thread_url(
    any_app: Flask, make_page: Callable[..., SaveResult], make_user: Callable[..., User]
) -> str:
    page = make_page("docker", text="Build it.\n\n## Ports\n\nPublish them.\n")
    number = factories.make_thread(any_app, page.page_id, make_user("selam"), "Which **port**?")
    return f"/threads/{number}"


def test_a_comment_is_answered(thread_url: str, client_of: Callable[[str], Person]) -> None:
    dawit = client_of("dawit")
    sent = dawit.post_form(thread_url, text="Port `8000`, see [[docker]] and [[nowhere]].")
    assert sent.status_code == 303
    shown = dawit.get(thread_url).text
    assert "<strong>port</strong>" in shown
    assert "<code>8000</code>" in shown
    assert '<a class="wikilink" href="/wiki/docker"' in shown
    assert 'class="wikilink missing"' in shown
    assert sent.headers["Location"].startswith(f"{thread_url}#nx-comment-")


def test_a_form_sent_twice_is_stored_once(
    thread_url: str, client_of: Callable[[str], Person]
) -> None:
    form = client_of("dawit").open_form(thread_url)
    first, second = form.submit(text="Port 8000."), form.submit(text="Port 8000.")
    assert first.headers["Location"] == second.headers["Location"]
    other = form.submit(text="Port 8001, sorry.")
    assert other.headers["Location"] != first.headers["Location"]
    assert client_of("dawit").get(thread_url).text.count("Port 8000.") == 1
