"""A field of a form that holds a number and isn't seen."""

from wtforms import IntegerField
from wtforms.widgets import HiddenInput

from wiki.web.request_values import parse_number


class HiddenNumberField(IntegerField):
    """A number in a hidden field; anything else is no number, never an error."""

    widget = HiddenInput()

    def _value(self) -> str:
        # What a view has set since, not what was sent: a conflict moves the base on.
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = parse_number(valuelist[0]) if valuelist else None
