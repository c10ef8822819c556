"""A learner asks, another has it, a third solves it; who watches and a channel are told once."""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect

from tests.browser.steps import action, editor, press
from tests.community.run_notifier import notify
from tests.live_server import LiveServer
from tests.mail_servers import MailServer, text_of
from tests.webhook_receiver import WebhookReceiver, refusing
from wiki.community.watching.mails import queue_due_mails
from wiki.community.webhooks.manage import Terms, create_webhook
from wiki.community.webhooks.messages.public_events import usual_choices
from wiki.community.webhooks.models import Format, WebhookScope
from wiki.community.webhooks.sending.sender import send_all
from wiki.database import utcnow
from wiki.mail import sender

pytestmark = pytest.mark.browser

TEXT = "The list of orders takes four seconds.\n"
ADDRESS = "watcher@example.org"
WAITS = (timedelta(minutes=2), timedelta(hours=1), timedelta(hours=4))

numbers = itertools.count(1)


@pytest.fixture(scope="module")
def receiver() -> Iterator[WebhookReceiver]:
    receiver = WebhookReceiver()
    yield receiver
    receiver.stop()


@pytest.fixture(scope="module")
def live_server(
    tmp_path_factory: pytest.TempPathFactory,
    migrated_sqlite: Path,
    mail_server: MailServer,
    receiver: WebhookReceiver,
) -> Iterator[LiveServer]:
    """It leaves it to the test to mail and to post."""
    server = LiveServer(
        tmp_path_factory.mktemp("asking"),
        environment={
            "NEXUS_SMTP_URL": mail_server.url,
            "NEXUS_MAIL_FROM": "Nexus <wiki@example.org>",
            "NEXUS_WEBHOOK_HOSTS": receiver.base,
        },
    ).begin_with(migrated_sqlite)
    server.settings["NEXUS_BASE_URL"] = server.url
    server.make_user("hana", email=ADDRESS, email_key=ADDRESS, email_confirmed_at=utcnow())
    with server.app.app_context():
        scope = {"scope": WebhookScope.KIND, "scope_value": "challenge"}
        place = {"name": "The class", "format": Format.JSON, "address": receiver.json}
        create_webhook(Terms(**place, **scope, events=usual_choices()), by=None)
    yield server.start()
    server.kill()


def told(tab: Page, words: str) -> None:
    expect(tab.get_by_role("status").filter(has_text=words)).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_a_question_to_its_solution(
    visit: Callable[..., Page],
    live_server: LiveServer,
    mail_server: MailServer,
    receiver: WebhookReceiver,
    scripts: bool,
) -> None:
    names = ("hana", "selam", "abebe", "dawit", None)
    hana, selam, abebe, dawit, stranger = (
        visit(name, java_script_enabled=scripts, width=360 if scripts else 1280) for name in names
    )
    title = f"Slow orders {next(numbers)}"
    mail_server.mails.clear()
    receiver.received.clear()
    receiver.answers[:] = [refusing(500), refusing(503)]

    selam.goto("/new?kind=challenge")
    selam.get_by_label("Title").fill(title)
    editor(selam).fill(TEXT)
    press(selam, "Save")
    told(selam, "Saved as revision 1.")
    path = selam.url.partition("/wiki/")[2].partition("?")[0]

    hana.goto("/notifications/settings")
    hana.get_by_label("At once").check()
    press(hana, "Save")
    hana.goto(f"/watch/{path}")
    hana.get_by_label("this page", exact=True).check()
    press(hana, "Save")

    abebe.goto(f"/wiki/{path}")
    press(abebe, "Same problem here")
    told(abebe, "You have this problem, too.")
    stranger.goto("/board/challenges")
    expect(stranger.get_by_role("main")).to_contain_text("1 more has it")
    stranger.get_by_role("main").get_by_role("link", name=title).click()
    expect(stranger.get_by_role("main")).to_contain_text("1 more person has this problem")

    dawit.goto(f"/wiki/{path}")
    action(dawit, "Edit").click()
    editor(dawit).fill(f"{TEXT}\nAn index on the date makes it fast.\n")
    press(dawit, "Save")
    told(dawit, "Saved as revision 2.")
    selam.goto(f"/wiki/{path}")
    selam.get_by_role("link", name="Is it solved?").click()
    selam.get_by_label("Whose answer helped?").select_option("dawit")
    selam.get_by_label("What solved it?").fill("CREATE INDEX on the date.")
    press(selam, "Mark as solved")
    told(selam, "Solved.")
    stranger.goto("/board/challenges")
    expect(stranger.get_by_role("main")).not_to_contain_text(title)
    stranger.goto("/users/dawit")
    expect(stranger.get_by_role("main").get_by_role("link", name=title).first).to_be_visible()

    let_time_pass(live_server)
    (mail,) = mail_server.mails
    assert mail["To"] == ADDRESS
    assert f"“{title}” is solved, says selam" in text_of(mail)
    assert len(receiver.received) == 3
    assert len({each.headers["webhook-id"] for each in receiver.received}) == 1, "one message"
    events = receiver.received[-1].json["data"]["events"]
    assert [each["type"] for each in events] == ["page.new", "page.edit", "page.edit", "solved"]
    abebe.goto("/notifications")
    expect(abebe.get_by_role("main")).to_contain_text(f"“{title}” is solved")


def let_time_pass(server: LiveServer) -> None:
    """What the notifier does within some hours, each time on a day of its own."""
    day = utcnow() + timedelta(days=next(numbers))
    with time_machine.travel(day, tick=False) as clock:
        for wait in WAITS:
            notify(server.app)
            clock.shift(wait)
            with server.app.app_context():
                queue_due_mails()
                sender.send_due()
                send_all()
