"""The forms of pages. Rules of titles, paths and texts stand with pages, not here."""

from datetime import datetime, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    Form,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.widgets import DateTimeLocalInput, HiddenInput

from wiki.accounts.users import user_by_name
from wiki.extensions import utcnow
from wiki.i18n import lazy as _l
from wiki.pages.history.recent_changes import ChangeFilter
from wiki.pages.kinds import DEFAULT_KIND, KINDS, kind_of
from wiki.pages.models import Page
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import Edit
from wiki.timezones import typed_time
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


class EditForm(PageForm):
    title = StringField(_l("Title"))
    text = TextAreaField(_l("Text"))
    summary = StringField(_l("What did you change?"))
    minor = BooleanField(_l("Minor edit"))
    tags = StringField(_l("Tags"), description=_l("Separated by commas"))
    kind = SelectField(_l("Kind"), default=DEFAULT_KIND, validate_choice=False)
    status = SelectField(_l("Status"), validate_choice=False)
    # Which page it is, whatever stands at its address by now.
    page_id = HiddenNumberField()
    base_revision = HiddenNumberField()
    section = HiddenField(default="")
    draft_key = HiddenField(default="")  # of the draft that this editor writes

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.name, kind.label) for kind in KINDS.values()]
        self.statuses: dict[str, Any] = {"": _l("None")}
        for kind in KINDS.values():
            if field := kind.field("status"):
                self.statuses |= field.choices
        self.status.choices = list(self.statuses.items())

    def fill(self, content: Content, base_revision: int | None) -> None:
        """Show `content`, to be saved on top of revision `base_revision`."""
        self.title.data = content.title
        self.text.data = content.text
        self.tags.data = ", ".join(content.tags)
        self.kind.data = content.kind
        status = content.fields.get("status", "")
        self.status.data = status if isinstance(status, str) else ""
        self.base_revision.data = base_revision

    def offer_statuses(self) -> None:
        """Offer what the kind that is chosen can be saved with: a challenge always has a status."""
        status = self.status.data or ""
        field = kind_of(self.kind.data or "").field("status")
        if field and not status:
            self.status.data = status = field.default
        # An import may bring others; who doesn't touch it must not lose it.
        offered = {**self.statuses, status: self.statuses.get(status, status)}
        if field:
            offered.pop("", None)
        self.status.choices = list(offered.items())

    def content(self, before: Content | None = None) -> Content:
        """What was typed; what wasn't sent, or isn't shown, stays as it was in `before`."""
        before = before or Content(title="", text="")
        kind = self._sent("kind", before.kind) or before.kind
        return Content(
            title=self._sent("title", before.title),
            text=self._sent("text", before.text),
            kind=kind,
            tags=tuple((self.tags.data or "").split(",")) if self.tags.raw_data else before.tags,
            fields=self._chosen_fields(before, kind),
        )

    def _sent(self, name: str, before: str) -> str:
        field: Field = self[name]
        return field.data or "" if field.raw_data else before

    def _chosen_fields(self, before: Content, kind: str) -> dict[str, Any]:
        """The fields with the status that was chosen, for a kind that has one."""
        fields = dict(before.fields)
        if kind_of(kind).field("status"):
            if self.status.data in self.statuses:
                fields["status"] = self.status.data
        elif kind_of(before.kind).field("status"):
            fields.pop("status", None)
        return fields

    def edit(self, before: Content | None) -> Edit:
        return Edit(
            content=self.content(before),
            base_revision=self.base_revision.data,
            summary=self.summary.data or "",
            is_minor=bool(self.minor.data),
            section=self.section.data or "",
            draft=self.draft_key.data or "",
        )


class NewPageForm(EditForm):
    path = StringField(
        _l("Path"), description=_l("Part of the address; made of the title when left empty")
    )


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


class RestoreForm(ConfirmForm):
    revision = HiddenNumberField()


class RenameForm(ConfirmForm):
    title = StringField(_l("Title"))
    path = StringField(_l("Path"), description=_l("The old address leads to the new one"))
    subtree = BooleanField(_l("Take the pages below it along"))
    links = BooleanField(_l("Rewrite the links in pages that lead here"))


class EraseForm(ConfirmForm):
    revision = HiddenNumberField()
    containing = TextAreaField(
        _l("Also everything of this page that contains"),
        description=_l(
            "The secret itself. Texts, titles, summaries, tags, drafts and the page’s files "
            "are searched for it. Leave it empty to erase this revision’s text alone"
        ),
    )
    everywhere = BooleanField(_l("Look for it in every page, file and note of the wiki"))
    capitals = BooleanField(_l("Also in other upper and lower case"), default=True)
    files = BooleanField(_l("Erase versions of files whose content holds it"), default=True)
    # Of what a look found: the contents to erase, and what was looked for.
    contents = SelectMultipleField(validate_choice=False)
    looked_for = HiddenField()


class ChangesForm(Form):
    """What a list of changes is narrowed to, all of it in the query."""

    person = StringField(_l("Person"))
    kind = SelectField(_l("Kind of page"))
    hide = SelectMultipleField(
        _l("Leave out"),
        choices=[
            SelectChoice("minor", _l("minor edits")),
            SelectChoice("imported", _l("imported pages")),
            SelectChoice("mine", _l("my own changes")),
            SelectChoice("seen", _l("what I have looked at")),
            SelectChoice("reviewed", _l("what anybody has looked at")),
        ],
    )
    event = HiddenNumberField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [SelectChoice(kind.name, kind.label) for kind in KINDS.values()]
        self.kind.choices = [SelectChoice("", _l("All")), *kinds]
        self.kind.data = self.kind.data or ""
        self._author_id: int | None = None

    def validate_person(self, field: Field) -> None:
        name = (field.data or "").strip()
        person = user_by_name(name) if name else None
        if name and person is None:
            raise ValidationError(_l("There is no person of that name here."))
        self._author_id = person.id if person else None

    @property
    def is_empty(self) -> bool:
        """Whether everything is asked for."""
        return not (self.person.data or self.kind.data or self.hide.data or self.event.data)

    @property
    def query(self) -> dict[str, Any]:
        """What was asked for, for another address that takes it."""
        sent = {field.name: field.raw_data for field in self}
        return {name: values for name, values in sent.items() if values}

    def asked(self) -> ChangeFilter:
        """What is asked for, once it was validated."""
        hides = frozenset(self.hide.data or ())
        return ChangeFilter(self._author_id, self.kind.data or "", hides, self.event.data)


class MassUndoForm(ProtectedForm):
    """Whose changes of which time: asked for in the query, confirmed with what was seen."""

    since = StringField(_l("From"), widget=DateTimeLocalInput())
    until = StringField(
        _l("Until"), description=_l("Now, when left empty"), widget=DateTimeLocalInput()
    )
    summary = StringField(_l("Why?"))

    def range(self) -> tuple[datetime, datetime] | None:
        """The times asked for; `None`, with the reason at the field, when they are none."""
        now = utcnow()
        since = typed_time(self.since.data) if self.since.data else now - timedelta(days=1)
        until = typed_time(self.until.data) if self.until.data else now
        for field, value in ((self.since, since), (self.until, until)):
            if value is None:
                field.errors = [*field.errors, _l("Give a date and a time, as 2026-05-31 14:30.")]
        if since is None or until is None:
            return None
        if since >= until:
            self.until.errors = [*self.until.errors, _l("It ends before it begins.")]
            return None
        return since, until
