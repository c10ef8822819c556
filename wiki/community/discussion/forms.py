"""The forms of comments."""

from secrets import token_urlsafe

from flask_babel import gettext as _
from wtforms import HiddenField, StringField, TextAreaField

from wiki.community.discussion.errors import CommentRefused
from wiki.community.discussion.models import QUOTE_LIMIT
from wiki.community.discussion.write import COMMENT_LIMIT, CommentInput
from wiki.i18n import lazy as _l
from wiki.web.csrf import ProtectedForm
from wiki.web.request_values import parse_number


class _RefusingForm(ProtectedForm):
    """A form that can show why a comment was refused."""

    def refuse(self, error: CommentRefused) -> None:
        """Add the message for `error` to the field that it is about."""
        self.validate()
        name, message = _refusal(error)
        self.reject(name, message)


class CommentForm(_RefusingForm):
    """The form for a new comment."""

    text = TextAreaField(
        _l("Comment"), description=_l("Markdown, as on pages. @name notifies a person.")
    )
    form_key = HiddenField(default=lambda: token_urlsafe(16))

    def message(self) -> CommentInput:
        """The comment as it was typed."""
        return CommentInput(self.text.data or "", (self.form_key.data or "")[:64])


class EditCommentForm(CommentForm):
    """The form for editing a comment."""

    version = HiddenField()  # that the edit began from

    @property
    def base_version(self) -> int | None:
        """The version of the comment that was edited; `None` if it isn't a number."""
        return parse_number(self.version.data)


class EraseCommentForm(_RefusingForm):
    """The form for erasing a comment, with the reason."""

    why = StringField(_l("Why?"))


def _refusal(error: CommentRefused) -> tuple[str, str]:
    """The name of the field that the error is about, and the message."""
    match error.reason:
        case "too-long":
            return "text", _(
                "A comment can have at most %(most)s bytes; this one has %(size)s. "
                "Put long texts on a page.",
                most=f"{COMMENT_LIMIT:,}",
                size=f"{error.actual:,}",
            )
        case "no-such-words":
            return "quote", _(
                "The page doesn’t say these words. Copy them exactly, or leave this empty."
            )
        case "no-such-section":
            return "heading", _("The page no longer has this section.")
        case "quote-too-long":
            return "quote", _("Quote at most %(most)s characters.", most=f"{QUOTE_LIMIT:,}")
        case "no-reason":
            return "why", _("Give a reason: it is shown where the comment was.")
        case _:
            return "text", _("Write something first.")
