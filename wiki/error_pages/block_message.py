"""The message for people who are blocked."""

from flask_babel import gettext as _
from markupsafe import Markup, escape

from wiki.accounts.blocking.models import Block
from wiki.timezones import moment
from wiki.web.programs.api_requests import is_api_request
from wiki.web.request_values import prefers_json


def block_message(block: Block) -> tuple[str, str]:
    """Why they may not write and until when, and what they can do."""
    if block.network:
        message = _("Nobody may write, register or sign in from your address at the moment.")
    else:
        message = _("Your account may not write at the moment.")
    reason = _("Reason: %(reason)s", reason=block.reason)
    advice = _("You can read what everybody may read. If this is a mistake, ask an administrator.")
    if block.ends_at is None:
        return f"{message} {reason}", advice
    until, end = _("Until:"), moment(block.ends_at)
    if prefers_json() or is_api_request():
        return f"{message} {until} {block.ends_at.isoformat(timespec='minutes')}. {reason}", advice
    words = (escape(message), escape(until), end + Markup("."), escape(reason))
    return Markup(" ").join(words), advice
