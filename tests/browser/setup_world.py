"""What administrators have set up in the wiki that can be looked at."""

from tests.browser.long_words import LONG_TITLE, LONG_WORD
from wiki.admin.kinds.change import KindDraft, add_kind
from wiki.community.webhooks.models import DeliveryState, Webhook, WebhookDelivery
from wiki.database import utcnow, write_transaction
from wiki.kinds.kind import FieldType, KindField
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import create_page


def add_own_kind() -> None:
    """A kind with a field of each type, and a page of it at `meeting`."""
    choices = {FieldType.CHOICE: ("one", "two")}
    fields = tuple(
        KindField(f"own-{each}", each.title(), each, choices=choices.get(each, ()))
        for each in FieldType
    )
    kind = KindDraft("Meeting", "Meetings", outline="## Notes\n", has_status=True, fields=fields)
    name = add_kind(kind, by=None)
    values = {
        "own-choice": "two",
        "own-code": LONG_WORD,
        "own-date": "2026-12-01",
        "own-link": f"https://example.org/{LONG_WORD}",
        "own-long": f"{LONG_TITLE}\n\n{LONG_WORD}",
        "own-text": LONG_WORD[:80],
    }
    create_page(Content("A meeting", "Notes.\n", name, (), values), path="meeting", by=None)


def add_webhook() -> None:
    """One that the server has switched off, with messages in each state."""
    with write_transaction() as session:
        webhook = Webhook(
            name=LONG_TITLE[:80],
            format="json",
            address="https://example.org/hooks/0123456789abcdef",
            scope="tree",
            scope_value="ethiopic/ሬዲስ",
            scope_key="ethiopic/ሬዲስ",
            events=["page.new", "page.edit"],
            is_enabled=False,
            off_reason=LONG_TITLE,
        )
        session.add(webhook)
        session.flush()
        for number, state in enumerate(DeliveryState):
            session.add(
                WebhookDelivery(
                    webhook_id=webhook.id,
                    message_id=f"msg_{number}",
                    state=state,
                    event_count=number,
                    attempts=number,
                    last_error=LONG_TITLE if state == DeliveryState.FAILED else "",
                    sent_at=utcnow() if state == DeliveryState.SENT else None,
                )
            )
