"""Words that would be markup: in comments, proposals, notices and mails they are words."""

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask

from tests.community.run_notifier import notify
from tests.factories import client_of, make_page, make_user
from tests.mail_servers import html_of
from tests.person import Person
from tests.search_index import catch_up
from wiki.community.watching import mails
from wiki.database import utcnow

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></textarea></style><svg onload=alert(1)>",
    "[click](javascript:alert(1)) <javascript:alert(1)>",
    "<a href='java&#x0A;script:alert(1)' style=position:fixed>click</a>",
    "@selam<b onmouseover=alert(1)>{{ 7 * 7 }}{% raw %}",
]
OF_MAILS = {
    *("html", "head", "meta", "title", "style", "body", "p", "h2", "a", "br", "strong", "footer"),
    *("blockquote", "code", "ins", "del"),
}


class Parts(HTMLParser):
    """The tags of a document, and what in it would run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.running: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = {name: value or "" for name, value in attrs}
        if tag == "script" and "nonce" not in values and not values.get("src", "").startswith("/"):
            self.running.add(self.get_starttag_text() or tag)
        for name, value in values.items():
            begins = "".join(value.split()).lower().startswith
            runs = begins(("javascript:", "data:", "vbscript:")) and name != "value"
            if name.startswith("on") or name == "style" or runs:
                self.running.add(f"{tag} {name}={value}")


@pytest.fixture
def selam(mailing_app: Flask) -> Person:
    """She watches the page, and is mailed at once."""
    address = {"email": "selam@example.org", "email_key": "selam@example.org"}
    user = make_user(mailing_app, "selam", "mentor", email_confirmed_at=utcnow(), **address)
    selam = client_of(mailing_app, user)
    page = make_page(mailing_app, "redis")
    selam.open_form("/watch/redis").submit(targets=[f"page:{page.page_id}"])
    selam.open_form("/notifications/settings").submit(mail="at-once")
    return selam


def test_they_are_words_everywhere(
    mailing_app: Flask, selam: Person, send_mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dawit, hana = (
        client_of(mailing_app, make_user(mailing_app, name, role))
        for name, role in (("dawit", "mentor"), ("hana", "reader"))
    )
    places = ["/talk/redis", "/talk/", "/proposals?state=all", "/notifications"]
    for words in HOSTILE:
        thread = dawit.post_form("/discuss/redis", text=words).headers["Location"]
        proposal = hana.post_form("/propose/redis", text=f"{words}\n", summary=words)
        address = proposal.headers["Location"]
        answer = dawit.form_in(dawit.get(address), f"{address}/answer")
        answer.submit(action="decline", reason=words)
        places += [thread, address, f"{address}?view=page"]
    notify(mailing_app)
    before = Parts(selam.get("/pages").text).running
    for place in places:
        shown = selam.get(place)
        assert shown.status_code == 200
        assert Parts(shown.text).running <= before, place
    assert "&lt;script&gt;alert(1)" in selam.get("/proposals?state=all").text
    with monkeypatch.context() as patch, mailing_app.app_context():
        patch.setattr(mails, "utcnow", lambda: utcnow() + timedelta(minutes=5))
        mails.queue_due_mails()
    sent = send_mail()
    assert len(sent) >= len(HOSTILE)
    for mail in sent:
        parts = Parts(html_of(mail))
        assert parts.tags <= OF_MAILS
        assert not parts.running
    assert any("&lt;script&gt;alert(1)" in html_of(mail) for mail in sent)


def test_they_are_words_on_boards_and_cards(mailing_app: Flask, selam: Person) -> None:
    hana = client_of(mailing_app, make_user(mailing_app, "hana", "reader"))
    places = ["/board/challenges", "/board/wanted", "/board/projects", "/board/due", "/watching"]
    places += ["/kinds/challenge", "/kinds/project", "/search?q=alert", "/notifications"]
    for number, words in enumerate(HOSTILE):
        fields = {"symptom": words, "error": words, "environment": words, "cause": words}
        fields |= {"versions": [words], "fix": words, "status": ("open", "solved")[number % 2]}
        more = {"title": words, "text": f"{words} [[{number}{words}]]\n", "tags": [words[:40]]}
        problem, project = f"a/{number}", f"b/{number}"
        make_page(mailing_app, problem, kind="challenge", fields=fields, **more)
        fields = {"wanted": [words], "repositories": [words, "javascript:alert(1)"]}
        fields |= {"chat": "javascript:alert(1)", "people": [words], "review_by": "2026-01-01"}
        page = make_page(mailing_app, project, kind="project", fields=fields, **more)
        hana.post_form(f"/freshness/{project}", answer="report", reason=words)
        selam.open_form(f"/watch/{project}").submit(targets=[f"page:{page.page_id}"])
        places += [f"/{verb}/{problem}" for verb in ("wiki", "challenge", "watch", "propose")]
        places += [f"/{verb}/{project}" for verb in ("wiki", "freshness", "edit", "watch")]
    catch_up(mailing_app)
    notify(mailing_app)
    before = Parts(selam.get("/pages").text).running
    shown = {place: selam.get(place) for place in places}
    for place, answer in shown.items():
        assert answer.status_code == 200, place
        assert Parts(answer.text).running <= before, place
    for place in places[:8]:
        assert "alert(1)" in shown[place].text, place
    asked = {"kind": "challenge", "title": "alert", "field-error": " ".join(HOSTILE)}
    beside = selam.post_form("/new?kind=challenge", action="preview", text=HOSTILE[0], **asked)
    assert "Does this answer it?" in beside.text
    assert Parts(beside.text).running <= before
