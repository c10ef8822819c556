"""A learner posts a challenge, another has it, too, a third solves it, and all are told once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests import factories
from tests.community.run_notifier import notify
from tests.mail_servers import MailServer, mail_settings, text_of
from tests.pages.visible_text import main
from tests.person import Person
from tests.webhook_receiver import WebhookReceiver, refusing
from wiki.community.watching.mails import queue_due_mails
from wiki.community.webhooks.manage import Terms, create_webhook
from wiki.community.webhooks.messages.public_events import usual_choices
from wiki.community.webhooks.models import Format, WebhookScope
from wiki.community.webhooks.sending.sender import send_all
from wiki.database import utcnow
from wiki.mail.sender import send_due

PAGE, SAYING = "/wiki/challenges/slow", "/challenge/challenges/slow"


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    receiver = WebhookReceiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def hub(
    make_app: Callable[..., Flask], mail_server: MailServer, receiver: WebhookReceiver
) -> Flask:
    """A wiki that mails, and posts to `receiver`, which refuses twice before it takes anything."""
    app = make_app(**mail_settings(mail_server), webhook_hosts=receiver.hosts)
    receiver.answers += [refusing(500), refusing(503)]
    with app.app_context():
        terms = Terms(
            name="The class",
            format=Format.JSON,
            address=receiver.json,
            scope=WebhookScope.KIND,
            scope_value="challenge",
            events=usual_choices(),
        )
        create_webhook(terms, by=None)
    return app


def test_from_a_question_to_its_solution(
    hub: Flask, mail_server: MailServer, receiver: WebhookReceiver
) -> None:
    def person(name: str, **columns: Any) -> Person:
        return factories.client_of(hub, factories.make_user(hub, name, **columns))

    address = "hana@example.org"
    proven = {"email": address, "email_key": address, "email_confirmed_at": utcnow()}
    watcher = person("hana", **proven)
    asker, other, solver, reader = map(person, ("selam", "abebe", "dawit", "sara"))

    asker.post_form("/new?kind=challenge", title="Slow", text="It is slow.\n")
    watcher.open_form("/notifications/settings").submit(mail="at-once")
    form = watcher.open_form("/watch/challenges/slow")
    page = next(box for box in form.boxes.values() if box.startswith("page:"))
    assert form.submit(targets=[page]).status_code == 303
    other.open_form(SAYING, has="csrf_token").submit(action="same")
    assert "Slow" in main(reader.get("/board/challenges"))
    assert "1 more person has this problem" in main(reader.get(PAGE))
    solver.post_form("/edit/challenges/slow", text="It is slow. Add an index.\n")
    asker.open_form(SAYING, has="solver").submit(action="solve", fix="CREATE INDEX.")
    assert "Slow" not in main(reader.get("/board/challenges"))
    assert "CREATE INDEX." in main(reader.get(PAGE))
    assert "1 challenge solved" in main(reader.get("/users/dawit"))

    with time_machine.travel(utcnow(), tick=False) as clock:
        for wait in (timedelta(minutes=2), timedelta(hours=1), timedelta(hours=4)):
            notify(hub)
            clock.shift(wait)
            with hub.app_context():
                queue_due_mails()
                send_due()
                send_all()

    (mail,) = mail_server.mails
    assert mail["To"] == address
    assert "“Slow” is solved, says selam" in text_of(mail)
    assert "is solved" in main(other.get("/notifications")), "who has it, too, is told"
    tried = receiver.received
    assert len({each.headers["webhook-id"] for each in tried}) == 1, "one message"
    _refused, _again, taken = tried
    (solved,) = [e for e in taken.json["data"]["events"] if e["type"] == "solved"]
    assert solved["page"]["path"] == "challenges/slow"
