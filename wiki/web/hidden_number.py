"""A hidden form field for a number."""

from wtforms import IntegerField
from wtforms.widgets import HiddenInput

from wiki.web.request_values import parse_number


class HiddenNumberField(IntegerField):
    """A number in a hidden field; anything else counts as no number and is never an error."""

    widget = HiddenInput()

    def _value(self) -> str:
        # The value set by the view, not the sent one: a conflict changes the base revision.
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = parse_number(valuelist[0]) if valuelist else None
