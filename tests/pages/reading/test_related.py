"""The list of related pages, whole and as the foot of a page."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from tests.person import Person
from wiki.access.models import Rank
from wiki.pages.protection.rule_changes import RuleTerms, set_rule

TEXT = "Celery workers take tasks from a broker.\n"


def test_related_pages_that_the_reader_may_see(
    app: Flask, client: Person, make_page: Any, index_now: Callable[[], None]
) -> None:
    make_page("celery", title="Celery", text=TEXT)
    make_page("broker", title="Broker", kind="concept", text=TEXT)
    make_page("closed/plan", title="Secret plan", text=TEXT)
    make_page("css", title="Grid", text="Rows and columns.\n")
    assert "No similar pages" in client.get("/related/celery").text
    with app.app_context():
        set_rule("closed", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    index_now()
    read = client.get("/wiki/celery").text
    assert 'href="/related/celery" rel="nofollow"' in read
    assert "Broker" not in read
    for address in ("/related/celery", "/related/celery?part=foot"):
        answer = client.get(address)
        assert 'href="/wiki/broker"' in answer.text
        assert "Secret plan" not in answer.text
        assert "Grid" not in answer.text
        assert answer.headers["Cache-Control"] == "private, no-cache"
    assert client.get("/related/celery?part=foot").text.lstrip().startswith("<ul")
    assert client.get("/related/closed/plan").status_code == 404
    assert client.get("/related/missing").status_code == 404
