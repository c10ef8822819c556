"""The headers of every response that keep a browser from running what users write."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.files.upload_forms import picture, send
from tests.person import Person
from tests.routes import addresses

VALUES = {"path": "policy", "tag": "safety", "name": "plan.png"}
# Whoever asks in these ways gets errors, redirects, nothing new and pages.
QUESTIONS = ("", "?page=99", "?revision=1&from=1&to=2&q=<script>alert(1)</script>")
STRICT = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "report-uri /csp-report",
}
DOWNLOADED = "/offline/hub.html"
FRAMED = "/diagram"  # has a policy of its own: tests/pages/test_diagram.py


class Inline(HTMLParser):
    """What a strict policy would stop: scripts and styles inside the page itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and not (names.get("src") or "").startswith("/")):
            self.found.append(f"<{tag}>")
        self.found += [name for name in names if name.startswith("on") or name == "style"]


# What none of that can be without; most pages are spared the parser.
SUSPICIOUS = re.compile(r"""[\s/"']on\w|style\s*=|<style|<script(?!\s[^>]*src="/)""", re.IGNORECASE)


def check(answer: TestResponse, where: str) -> None:
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff", where
    assert headers["Referrer-Policy"] == "same-origin", where
    policy = set(headers["Content-Security-Policy"].split("; "))
    if where.startswith(FRAMED) and answer.status_code == 200:
        return
    assert headers["X-Frame-Options"] == "DENY", where
    assert "default-src 'none'" in policy, where
    assert not any("unsafe" in rule for rule in policy), where
    if where.startswith(DOWNLOADED) and answer.status_code == 200:
        # Nothing of it runs at the wiki's address; opened as a file, it has a policy of its own.
        assert policy == {"sandbox", "default-src 'none'"}, where
        assert headers["Content-Disposition"].startswith("attachment"), where
    elif answer.mimetype == "text/html":
        assert policy >= STRICT, where
        if SUSPICIOUS.search(answer.text):
            reader = Inline()
            reader.feed(answer.text)
            assert reader.found == [], where
    elif answer.mimetype == "text/plain":
        assert "charset=utf-8" in answer.content_type, where


@pytest.fixture
def administrator(make_page: Any, client_of: Any) -> Person:
    """An administrator, in a wiki in which every address has something to show."""
    person: Person = client_of("selam", role="admin")
    text = "# A\n\n```py linenos\nx\n```\n\n$x$ - [ ] a\n\n![[plan.png|30]]\n"
    make_page("policy", text=text, tags=["safety"])
    assert send(person, ("plan.png", picture()), page="policy").status_code == 303
    return person


@pytest.mark.parametrize("who", ["stranger", "administrator"])
def test_every_answer_has_its_policy(
    app: Flask, client: Person, administrator: Person, who: str
) -> None:
    person = client if who == "stranger" else administrator
    statuses = set()
    for rule, address in addresses(app, VALUES):
        methods = rule.methods or set()
        # Who gets at less gets the same answers to less.
        questions = QUESTIONS if who == "administrator" else QUESTIONS[-1:]
        for question in questions if "GET" in methods else ():
            with person.get(address + question, buffered=True) as answer:
                check(answer, address + question)
                statuses.add(answer.status_code)
        with person.post(address, data={"text": "<script>alert(1)</script>"}) as answer:
            check(answer, f"POST {address}")
            statuses.add(answer.status_code)
    assert statuses >= {200, 302, 400, 404, 405}


def test_answers_without_a_content_have_it_too(client: Person, make_page: Any) -> None:
    make_page("policy")
    page = client.get("/wiki/policy")
    same = client.get("/wiki/policy", headers={"If-None-Match": page.headers["ETag"]})
    assert same.status_code == 304
    for answer, where in (
        (same, "304"),
        (client.head("/wiki/policy"), "HEAD"),
        (client.options("/wiki/policy"), "OPTIONS"),
        (client.get("/nowhere/<script>"), "404"),
        (client.put("/wiki/policy"), "405"),
        (client.get("//evil.example/.."), "slashes"),
    ):
        check(answer, where)
