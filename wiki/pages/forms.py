"""What the forms of several rooms share."""

from wtforms import Field, IntegerField, StringField
from wtforms.widgets import HiddenInput

from wiki.i18n import lazy as _l
from wiki.pages.models import Page
from wiki.web.csrf import ProtectedForm


class HiddenNumberField(IntegerField):
    """A number in a hidden field; anything else is no number, never an error."""

    widget = HiddenInput()

    def _value(self) -> str:
        # What a view has set since, not what was sent: a conflict moves the base on.
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        value = valuelist[0] if valuelist else ""
        is_number = value.isascii() and value.isdecimal() and len(value) < 10
        self.data = int(value) if is_number else None


class PageForm(ProtectedForm):
    """A form whose input the rules of pages judge."""

    def reject(self, name: str, message: str) -> None:
        """Put `message` at the field `name`."""
        field: Field = self[name]
        field.errors = [*field.errors, message]


class ConfirmForm(PageForm):
    """A question with a reason; holds the page and the revision that the person saw."""

    summary = StringField(_l("Why?"))
    page_id = HiddenNumberField()
    base_revision = HiddenNumberField()

    def show(self, page: Page) -> None:
        """Ask about `page` as it is now."""
        self.page_id.data, self.base_revision.data = page.id, page.revision_count

    def seen(self, page: Page) -> int:
        """The revision of `page` the person saw; 0, which none has, when it was another page."""
        is_same = self.page_id.data in (None, page.id)
        return (self.base_revision.data or 0) if is_same else 0
