"""Previews of comments."""

from dataclasses import dataclass

from flask import request
from markupsafe import Markup

from wiki.community.discussion.queries import finished_texts, rendered_text
from wiki.community.discussion.subjects import Home
from wiki.markup.text.direction import Direction, direction_of


@dataclass(frozen=True, slots=True)
class Preview:
    """A comment's sanitized HTML, and its text direction."""

    html: Markup
    direction: Direction


def preview_of(text: str | None, page_id: int | None = None, path: str = "") -> Preview | None:
    """The preview of a comment if the request asks for one, else `None`.

    Links in `text` are resolved for the page with `page_id` at `path`.
    """
    if request.form.get("action") != "preview" or not (text or "").strip():
        return None
    home = Home("", "", {}, may_write=True, may_moderate=False, page_id=page_id, path=path)
    html = finished_texts(home, {0: rendered_text(text or "")}, {})[0]
    return Preview(html, direction_of(html))
