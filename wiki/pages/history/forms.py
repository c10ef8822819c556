"""The filter of lists of changes."""

from typing import Any

from wtforms import Form, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from wiki.accounts.people.person_field import PersonField
from wiki.i18n import lazy as _l
from wiki.kinds.current import all_kinds
from wiki.pages.history.recent_changes import ChangeFilter
from wiki.web.hidden_number import HiddenNumberField


class ChangesForm(Form):
    """The filter of a list of changes, in the query string."""

    person = PersonField(_l("Person"))
    kind = SelectField(_l("Kind of page"))
    hide = SelectMultipleField(
        _l("Hide"),
        choices=[
            SelectChoice("minor", _l("minor edits")),
            SelectChoice("imported", _l("imported pages")),
            SelectChoice("mine", _l("my own changes")),
            SelectChoice("seen", _l("what I have reviewed")),
            SelectChoice("reviewed", _l("what anyone has reviewed")),
        ],
    )
    event = HiddenNumberField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [SelectChoice(kind.name, kind.label) for kind in all_kinds().values()]
        self.kind.choices = [SelectChoice("", _l("All")), *choices]
        self.kind.data = self.kind.data or ""

    @property
    def is_empty(self) -> bool:
        """Whether the filter has no conditions."""
        return not (self.person.data or self.kind.data or self.hide.data or self.event.data)

    @property
    def query(self) -> dict[str, Any]:
        """The parameters of the filter, for other URLs that take the same filter."""
        sent = {field.name: field.raw_data for field in self}
        return {name: values for name, values in sent.items() if values}

    def change_filter(self) -> ChangeFilter:
        """The filter; the form must have been validated."""
        hides = frozenset(self.hide.data or ())
        return ChangeFilter(self.person.user_id, self.kind.data or "", hides, self.event.data)
