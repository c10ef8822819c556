"""The forms of discussions."""

from secrets import token_urlsafe

from flask_babel import gettext as _
from wtforms import HiddenField, TextAreaField

from wiki.community.discussion.errors import CommentRefused
from wiki.community.discussion.write import COMMENT_LIMIT, Message
from wiki.i18n import lazy as _l
from wiki.web.csrf import ProtectedForm


class CommentForm(ProtectedForm):
    text = TextAreaField(
        _l("Comment"), description=_l("Markdown, as on pages. @name tells somebody.")
    )
    form_key = HiddenField(default=lambda: token_urlsafe(16))

    def message(self) -> Message:
        return Message(self.text.data or "", (self.form_key.data or "")[:64])

    def refuse(self, error: CommentRefused) -> None:
        """Say what is wrong, at the field that it was typed into."""
        self.validate()
        message = _("Write something first.")
        if error.reason == "too-long":
            message = _(
                "A comment can have at most %(most)s bytes; this one has %(size)s. "
                "Put long texts on a page.",
                most=f"{COMMENT_LIMIT:,}",
                size=f"{error.actual:,}",
            )
        self.reject("text", message)
