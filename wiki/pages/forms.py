"""Base forms that several features share."""

from flask_babel import gettext as _
from wtforms import StringField

from wiki.i18n import lazy as _l
from wiki.naming import PATH_LIMIT, SEGMENT_LIMIT, TITLE_LIMIT, NameRefused, clean_title
from wiki.pages.errors import PathForbidden, PathTaken
from wiki.pages.models import Page
from wiki.pages.writing.content import MAX_TAG_LENGTH, MAX_TAGS
from wiki.web.csrf import ProtectedForm
from wiki.web.hidden_number import HiddenNumberField


class PageForm(ProtectedForm):
    """A form whose values the rules for pages validate."""

    def reject_name(self, error: NameRefused | PathTaken | PathForbidden) -> None:
        """Add a message about a refused title, path or tag to the field that contains it."""
        title, path = (self[name].data if name in self else "" for name in ("title", "path"))
        if isinstance(error, PathTaken | PathForbidden):
            self.reject("path" if path else "title", place_problem(error))
            return
        name, message = _name_error(error, title or "")
        self.reject(name if name in self else "title", message)


class ConfirmForm(PageForm):
    """A confirmation with a reason; it contains the page and the revision that the person saw."""

    summary = StringField(_l("Why?"))
    page_id = HiddenNumberField()
    base_revision = HiddenNumberField()

    def show(self, page: Page) -> None:
        """Ask about the current revision of `page`."""
        self.page_id.data, self.base_revision.data = page.id, page.revision_count

    def seen(self, page: Page) -> int:
        """The number of the revision of `page` that the person saw; 0 if they saw another page."""
        is_same = self.page_id.data in (None, page.id)
        return (self.base_revision.data or 0) if is_same else 0


def place_problem(error: PathTaken | PathForbidden) -> str:
    """Why no page can be written at a path."""
    if isinstance(error, PathForbidden):
        return str(_("You may not write at %(path)s. Choose another path.", path=error.path))
    if error.is_twice:
        return str(
            _("Two of the pages would be at %(path)s. Choose another path.", path=error.path)
        )
    return str(_("There is already a page at %(path)s.", path=error.path))


def path_problem(error: NameRefused) -> str:
    """What is wrong with a path that does not come from a form."""
    return _name_error(error, title="x")[1]  # so the error is about the path


def _name_error(error: NameRefused, title: str) -> tuple[str, str]:
    """The field that contains a refused name, and the message for it.

    `title` is the title that was sent; it distinguishes errors of the title from those of the path,
    which have the same reasons.
    """
    if error.reason in ("empty", "too-long", "hidden") and _is_title(title):
        return "path", {
            "empty": _("Enter a path."),
            "too-long": _(
                "Shorten the path to %(limit)s characters, and each part to %(each)s.",
                limit=PATH_LIMIT,
                each=SEGMENT_LIMIT,
            ),
            "hidden": _("Remove the invisible characters (control characters and marks)."),
        }[error.reason]
    words = {
        "empty": ("title", _("Give the page a title.")),
        "too-long": ("title", _("Shorten it to %(limit)s characters.", limit=TITLE_LIMIT)),
        "hidden": ("title", _("Remove the invisible characters (control characters and marks).")),
        "no-slug": (
            "path",
            _("The title has no letters or digits to make an address from. Enter a path."),
        ),
        "dots": ("path", _("A part of the path can’t consist of dots only.")),
        "character": ("path", _('A path can’t contain \\ ? # % [ ] | < > { } ^ ` and ".')),
        "empty-segment": ("path", _("The path has two slashes in a row.")),
        "tag-too-long": (
            "tags",
            _("A tag can have at most %(limit)s characters.", limit=MAX_TAG_LENGTH),
        ),
        "tag-hidden": ("tags", _("A tag contains invisible characters.")),
        "tag-dots": ("tags", _("A tag can’t consist of dots only.")),
        "too-many-tags": ("tags", _("A page can have at most %(limit)s tags.", limit=MAX_TAGS)),
    }
    return words.get(error.reason, ("title", _("This name can’t be used.")))


def _is_title(title: str) -> bool:
    try:
        clean_title(title)
    except NameRefused:
        return False
    return True
