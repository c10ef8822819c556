"""What several pages of the interface show in the same words."""

from typing import Any

from flask import flash, get_template_attribute, url_for
from flask_babel import gettext as _

from wiki.naming import (
    PATH_LIMIT,
    SEGMENT_LIMIT,
    TITLE_LIMIT,
    NameRefused,
    clean_title,
    title_of_path,
)
from wiki.pages.queries.revisions import revisions
from wiki.pages.writing.content import TAG_LIMIT, TAGS_LIMIT
from wiki.pages.writing.write import Saved


def breadcrumbs(path: str) -> list[tuple[str, str]]:
    """`(label, path)` of the folders above a page, the topmost first, and of the page itself."""
    parts = path.split("/")
    return [(title_of_path(part), "/".join(parts[: i + 1])) for i, part in enumerate(parts)]


def name_refused(error: NameRefused, title: str) -> tuple[str, str]:
    """The field of the form that a refused name belongs to, and what to tell there.

    `title` is the one that was sent: a path can be too long and hide characters as well.
    """
    if error.reason in ("too-long", "hidden") and _is_title(title):
        return "path", {
            "too-long": _(
                "Shorten the path to %(limit)s characters, %(each)s between two slashes.",
                limit=PATH_LIMIT,
                each=SEGMENT_LIMIT,
            ),
            "hidden": _("Take out the characters that can’t be seen (controls, marks)."),
        }[error.reason]
    words = {
        "empty": ("title", _("Give the page a title.")),
        "too-long": ("title", _("Shorten it to %(limit)s characters.", limit=TITLE_LIMIT)),
        "hidden": ("title", _("Take out the characters that can’t be seen (controls, marks).")),
        "no-slug": ("path", _("The title has no letter or digit for an address: give a path.")),
        "dots": ("path", _("A part of the path can’t be made of dots alone.")),
        "character": ("path", _('These can’t stand in a path: \\ ? # % [ ] | < > { } ^ ` and ".')),
        "empty-segment": ("path", _("There is nothing between two slashes of the path.")),
        "tag-too-long": ("tags", _("A tag has at most %(limit)s characters.", limit=TAG_LIMIT)),
        "tag-hidden": ("tags", _("A tag holds characters that can’t be seen.")),
        "tag-dots": ("tags", _("A tag can’t be made of dots alone.")),
        "too-many-tags": ("tags", _("At most %(limit)s tags to a page.", limit=TAGS_LIMIT)),
    }
    return words.get(error.reason, ("title", _("This name can’t be used.")))


def _is_title(title: str) -> bool:
    try:
        clean_title(title)
    except NameRefused:
        return False
    return True


def flash_saved(saved: Saved, draft: str = "", *, words: str = "") -> None:
    """Tell what became of a save; a merge names whom it was merged with, and shows it.

    `draft` is the key of the draft that was saved; `words` say what was done if not an edit.
    """
    words = words or _("Saved as revision %(number)s.", number=saved.number)
    other, link = None, ""
    if saved.is_unchanged:
        words = _("Nothing was changed, so there was nothing to save.")
    elif saved.merged_with is not None:
        (other,) = revisions(saved.page_id, [saved.merged_with])
        since: dict[str, Any] = {
            "from": saved.begun_from or saved.merged_with - 1,
            "to": saved.merged_with,
        }
        link = url_for("pages.diff", path=saved.path, **since)
    tell = get_template_attribute("macros/saved.html", "saved_words")
    flash(tell(words, draft, other, link), "note" if saved.is_unchanged else "ok")
