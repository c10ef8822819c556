"""Renders a mail from its template: subject, plain text and HTML with the same sentences.

A template sets `subject`, `paragraphs` and optionally `action` (a label and a URL) and `note`, all
of them plain text, which `layout.html` escapes. If the mail's values have `sections`, these are
shown below the paragraphs; if they have `headers`, these are added.
"""

from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import current_app

from wiki.mail.headers import MAIL_POLICY, checked_value
from wiki.mail.queue import DeliveryAttempt
from wiki.mail.sender_settings import SENDER_ADDRESS, SENDER_NAME
from wiki.web.base_url import external_url

MAX_SUBJECT_LENGTH = 150  # characters


class InvalidRecipient(ValueError):
    """The recipient's address isn't valid in a mail."""


def make_message(attempt: DeliveryAttempt, values: Mapping[str, Any]) -> EmailMessage:
    """The complete mail, ready to be sent. Raises `InvalidRecipient`."""
    message = EmailMessage(policy=MAIL_POLICY)
    message["From"] = mail_sender()
    message["To"] = _recipient(attempt.recipient)
    message["Date"] = format_datetime(attempt.created_at)
    message["Message-ID"] = attempt.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: keeps out-of-office replies away
    templates = current_app.jinja_env
    template = templates.get_template(f"mail/{attempt.kind}.txt")
    written: Any = template.make_module({**values, "recipient": attempt.recipient})
    message["Subject"] = _one_line(written.subject)
    for name, value in values.get("headers", {}).items():
        message[name] = checked_value(value)
    parts = {
        "title": written.subject,
        "paragraphs": written.paragraphs,
        "action": getattr(written, "action", None),
        "note": getattr(written, "note", ""),
        "sections": values.get("sections", ()),
        "home": external_url("hub.front"),
    }
    message.set_content(templates.get_template("mail/layout.txt").render(parts))
    html = templates.get_template("mail/layout.html").render(parts)
    message.add_alternative(html, subtype="html")
    return message


def mail_sender() -> Address:
    """The sender of mails. Raises `LookupError` if no address is set."""
    address = SENDER_ADDRESS.current()
    if not address:
        raise LookupError("no sender is set")
    identity: Any = current_app.jinja_env.globals["identity"]
    name = SENDER_NAME.current() or _one_line(identity().name)
    return Address(name, addr_spec=address)


def _recipient(address: str) -> Address:
    """The recipient, with an internationalized domain in its ASCII form, as all servers accept it.

    Raises `InvalidRecipient`.
    """
    try:
        checked = validate_email(
            address, check_deliverability=False, globally_deliverable=False, test_environment=True
        )
        return Address(addr_spec=checked.ascii_email or checked.normalized)
    except (EmailNotValidError, ValueError) as error:
        raise InvalidRecipient from error


def _one_line(text: str) -> str:
    """`text` without line ends and other control characters, so that it can't add headers."""
    plain = "".join(c if c.isprintable() else " " for c in str(text))
    return " ".join(plain.split())[:MAX_SUBJECT_LENGTH]
