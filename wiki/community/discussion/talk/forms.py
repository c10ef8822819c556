"""The form that starts a thread about a page, and the filters of lists."""

from collections.abc import Sequence
from typing import Any

from flask import request
from wtforms import HiddenField, SelectField, TextAreaField

from wiki.community.discussion.anchoring.anchors import CONTEXT_LENGTH, Anchor
from wiki.community.discussion.forms import CommentForm
from wiki.community.discussion.talk.lists import SHOWN
from wiki.i18n import lazy as _l
from wiki.web.request_values import parse_number


class ThreadForm(CommentForm):
    """The form that starts a thread: the place on the page, and the first comment."""

    heading = SelectField(_l("What is it about?"), validate_choice=False, default="")
    quote = TextAreaField(
        _l("Words it is about"), description=_l("Copied from the page, if it is about a passage")
    )
    # The context of the quote, and the revision that it was read in.
    before = HiddenField(default="")
    after = HiddenField(default="")
    revision = HiddenField(default="")

    def offer_headings(self, outline: Sequence[Sequence[Any]]) -> None:
        """`outline`: level, id and text of each heading."""
        choices = [(id_, f"{'– ' * (level - 2)}{text}") for level, id_, text in outline]
        self.heading.choices = [("", _l("The page as a whole")), *choices]

    def anchor(self) -> Anchor:
        """The place on the page that the form names."""
        return Anchor(
            parse_number(self.revision.data),
            heading=self.heading.data or "",
            quote=(self.quote.data or "").strip(),
            before=(self.before.data or "")[-CONTEXT_LENGTH:],
            after=(self.after.data or "")[:CONTEXT_LENGTH],
        )


def chosen_show(*allowed: str) -> str:
    """The value of `show=` if it is `allowed`, else `open`."""
    chosen = request.args.get("show", SHOWN[0])
    return chosen if chosen in allowed else SHOWN[0]
