"""A wiki with a receiver of webhooks on this machine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.community.run_notifier import notify
from tests.person import Person
from tests.webhook_receiver import WebhookReceiver
from wiki.access.models import Rank
from wiki.community.webhooks.manage import Terms, create_webhook
from wiki.community.webhooks.messages.public_events import usual_choices
from wiki.community.webhooks.models import Format, Webhook, WebhookDelivery, WebhookScope
from wiki.community.webhooks.sending.sender import send_all
from wiki.database import db
from wiki.pages.protection.rule_changes import RuleTerms, set_rule

BASE_URL = "https://wiki.example.org"


@dataclass
class Posting:
    """A wiki that may post to `receiver`, and a clock that stands still."""

    app: Flask
    receiver: WebhookReceiver
    clock: Any

    def add(self, format_: Format = Format.DISCORD, **terms: Any) -> int:
        """`add(Format.JSON, scope=Scope.TAG, scope_value="db")`: a webhook's id."""
        with self.app.app_context():
            is_discord = format_ is Format.DISCORD
            values = {
                "name": "The class",
                "format": format_,
                "address": self.receiver.discord if is_discord else self.receiver.json,
                "scope": WebhookScope.EVERYTHING,
                "scope_value": "",
                "events": usual_choices(),
                **terms,
            }
            return int(create_webhook(Terms(**values), by=None).id)

    def person(self, name: str = "abeba", role: str = "admin") -> Person:
        return factories.client_of(self.app, factories.make_user(self.app, name, role=role))

    def write(self, path: str, by: str = "selam", **more: Any) -> Any:
        return factories.make_page(self.app, path, by=factories.make_user(self.app, by), **more)

    def edit(self, path: str, by: str, text: str, **fields: Any) -> None:
        form = self.person(by, "learner").open_form(f"/edit/{path}")
        assert form.submit(text=text, **fields).status_code == 303

    def close(self, path: str) -> None:
        """Let only members read at and below `path`."""
        with self.app.app_context():
            rule = RuleTerms(read_rank=Rank.LEARNER, edit_rank=Rank.LEARNER)
            set_rule(path, rule, by=None)

    def post(self, *, wait: timedelta = timedelta(seconds=31)) -> int:
        """Tell of what has happened and, half a minute later, post what is due: how many times."""
        notify(self.app)
        self.clock.shift(wait)
        with self.app.app_context():
            return send_all()

    def stored(self, number: int) -> Webhook:
        """The webhook as it is now, detached."""
        with self.app.app_context():
            webhook = db.session.get_one(Webhook, number)
            db.session.expunge(webhook)
            return webhook

    def only_delivery(self, state: str | None = None) -> WebhookDelivery:
        query = select(WebhookDelivery)
        with self.app.app_context():
            in_state = query if state is None else query.where(WebhookDelivery.state == state)
            delivery = db.session.scalars(in_state).one()
            db.session.expunge(delivery)
            return delivery


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    receiver = WebhookReceiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def posting(make_app: Callable[..., Flask], receiver: WebhookReceiver) -> Iterator[Posting]:
    app = make_app(base_url=BASE_URL, webhook_hosts=receiver.hosts)
    with time_machine.travel(1_777_000_000, tick=False) as clock:
        yield Posting(app, receiver, clock)
