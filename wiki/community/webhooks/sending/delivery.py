"""Posts one message within a bounded time.

Whatever the receiver does (refuse, hang, drip, redirect, break the protocol), the result is a
`DeliveryOutcome`.
"""

import http.client
import json
import math
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from wiki.app_state import current_settings
from wiki.community.webhooks.address import AddressRefused, resolve_address, target_of
from wiki.community.webhooks.models import Format
from wiki.outbound.connection import PinnedConnection, connected
from wiki.outbound.network import HostRefused

# Seconds from connecting to the end of the response, which may come a byte at a time.
DEADLINE = 15.0
ANSWER_LIMIT = 16_384  # bytes of a response that are read
LONGEST_WAIT = timedelta(days=1)  # the longest wait that a receiver may ask for
SAID_LIMIT = 150  # characters of a receiver's own message that are shown

_GONE = (401, 404, 410)
# Client errors that may be temporary: too early, too often, or by a firewall.
_PASSING = (403, 408, 425, 429)
_URL = re.compile(r"\w+://\S*|www\.\S*", re.IGNORECASE)
_ID = re.compile(r"[0-9A-Za-z_-]{1,40}")


class Verdict(StrEnum):
    """The result of an attempt."""

    TAKEN = "taken"
    LATER = "later"  # try the message again
    REFUSED = "refused"  # the message will never be accepted
    GONE = "gone"  # no message will be accepted at this address


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """The body and headers to post, and the address, which is a secret."""

    address: str = field(repr=False)
    format: Format
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """The outcome of an attempt.

    `reason` is for administrators, `code` for logs; neither contains the address. `wait` is how
    long the receiver asked to wait; with `is_for_all`, this holds for all webhooks at its origin.
    """

    verdict: Verdict
    code: str
    reason: str = ""
    wait: timedelta = timedelta()
    is_for_all: bool = False
    remote_id: str = ""


def deliver(message: WebhookMessage) -> DeliveryOutcome:
    """Post the message. Nothing that a receiver does raises an exception."""
    try:
        origin, place = resolve_address(message.address)
    except (AddressRefused, HostRefused) as refused:
        return _not_sent(refused.reason)
    with connected(origin, place, DEADLINE) as connection:
        try:
            outcome = _post(connection, message)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return _failure(error, is_too_slow=connection.is_aborted)
    return outcome


def _post(connection: PinnedConnection, message: WebhookMessage) -> DeliveryOutcome:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Nexus (+{current_settings().base_url})",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **message.headers,
    }
    target = target_of(message.address, message.format)
    connection.request("POST", target, message.body, headers)
    with connection.getresponse() as answer:
        said = _said(answer, connection)
        return _outcome(answer.status, answer.headers, said, message)


def _said(answer: http.client.HTTPResponse, connection: PinnedConnection) -> dict[str, Any]:
    """The JSON object in the response; empty for anything else, which isn't an error."""
    try:
        said = json.loads(answer.read(ANSWER_LIMIT))
    except (OSError, http.client.HTTPException, ValueError, RecursionError):
        said = None
    return said if isinstance(said, dict) else {}


def _outcome(
    status: int, headers: http.client.HTTPMessage, said: Mapping[str, Any], message: WebhookMessage
) -> DeliveryOutcome:
    code = str(status)
    wait = _wait(status, headers, said)
    if 200 <= status < 300:
        remote_id = str(said.get("id", ""))
        known = remote_id if _ID.fullmatch(remote_id) else ""
        return DeliveryOutcome(Verdict.TAKEN, code, wait=wait, remote_id=known)
    words = _words(said, message)
    shown = f"{code} {words}".strip()
    if status in _GONE:
        reason = _("There is no such webhook any more: %(answer)s", answer=shown)
        return DeliveryOutcome(Verdict.GONE, code, reason)
    if 300 <= status < 400:
        reason = _("The receiver redirects (%(code)s). Enter the new address.", code=code)
        return DeliveryOutcome(Verdict.LATER, code, reason)
    if 400 <= status < 500 and status not in _PASSING:
        reason = _("The receiver refused the message: %(answer)s", answer=shown)
        return DeliveryOutcome(Verdict.REFUSED, code, reason)
    if status == 429:
        reason = _("The receiver wants fewer messages: %(answer)s", answer=shown)
        is_global = said.get("global") is True or "X-RateLimit-Global" in headers
        # Other receivers can't speak for their whole origin.
        is_for_all = is_global and message.format is Format.DISCORD
        return DeliveryOutcome(Verdict.LATER, code, reason, wait, is_for_all=is_for_all)
    reason = _("The receiver answered: %(answer)s", answer=shown)
    return DeliveryOutcome(Verdict.LATER, code, reason, wait)


def _wait(status: int, headers: http.client.HTTPMessage, said: Mapping[str, Any]) -> timedelta:
    """How long the receiver asks to wait."""
    asked = [_seconds(headers.get("Retry-After")), _until(headers.get("Retry-After"))]
    if status == 429:
        asked.append(_seconds(said.get("retry_after")))
    if status == 429 or headers.get("X-RateLimit-Remaining", "").strip() == "0":
        asked.append(_seconds(headers.get("X-RateLimit-Reset-After")))
    # A moment more, as their clock may differ from ours.
    longest = max(asked)
    return min(timedelta(seconds=longest + 0.1), LONGEST_WAIT) if longest else timedelta()


def _seconds(value: object) -> float:
    """`value` as seconds, at most a day; 0 if it isn't a positive number."""
    try:
        number = float(str(value))
    except ValueError:
        return 0.0
    if math.isnan(number) or number < 0:
        return 0.0
    return min(number, LONGEST_WAIT.total_seconds())


def _until(value: str | None) -> float:
    """The seconds until a date; 0 if it is missing, invalid or past."""
    try:
        date = parsedate_to_datetime(value or "")
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        return _seconds((date - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _words(said: Mapping[str, Any], message: WebhookMessage) -> str:
    """The receiver's `message`, without parts of the address that it may repeat."""
    text = said.get("message")
    if not isinstance(text, str):
        return ""
    text = _URL.sub("…", "".join(c if c.isprintable() else " " for c in text))
    for secret in re.split(r"[/?&=]", message.address.partition("://")[2].partition("/")[2]):
        if len(secret) >= 4:
            text = text.replace(secret, "…")
    return " ".join(text.split())[:SAID_LIMIT]


def _not_sent(reason: str) -> DeliveryOutcome:
    words = {
        "unknown-host": _("The receiver’s name can’t be resolved."),
        "not-public": _("The receiver is in this server’s own network, where nothing is sent."),
    }
    other = _("The address is no longer allowed. Enter another one.")
    return DeliveryOutcome(Verdict.LATER, reason, words.get(reason, other))


def _failure(error: Exception, *, is_too_slow: bool) -> DeliveryOutcome:
    code = type(error).__name__
    if is_too_slow or isinstance(error, TimeoutError):
        reason = _("The receiver took too long to answer.")
    elif isinstance(error, ssl.SSLCertVerificationError):
        reason = _("The receiver’s certificate isn’t trusted: %(why)s", why=error.verify_message)
    elif isinstance(error, ssl.SSLError):
        reason = _("The connection can’t be encrypted.")
    elif isinstance(error, OSError):
        reason = _("The receiver can’t be reached: %(why)s", why=error.strerror or code)
    else:
        reason = _("The receiver sent an invalid response.")
    return DeliveryOutcome(Verdict.LATER, code, reason)


def now_in_seconds() -> int:
    """The current Unix time, with which a message is signed."""
    return int(time.time())
