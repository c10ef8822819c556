"""The editor’s form, and its conversion to and from contents, edits and drafts."""

from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, HiddenField, SelectField, StringField, TextAreaField

from wiki.i18n import lazy as _l
from wiki.kinds.builtin import (
    DEFAULT_KIND,
    DEFAULT_STATUS,
    ORDER,
    STATUSES,
    freshness_fields,
    shared_fields,
)
from wiki.kinds.current import kind_of, offered_kinds
from wiki.kinds.kind import Kind, KindField
from wiki.kinds.values import ValueRefused, read_field
from wiki.pages.editing.kind_fields import (
    PREFIX,
    CarriedField,
    FieldsRefused,
    Typed,
    control,
    fits_front_matter,
    known_fields,
    refusal,
    typed_in,
    typed_of,
)
from wiki.pages.forms import PageForm
from wiki.pages.models import Draft
from wiki.pages.writing.content import Content
from wiki.pages.writing.drafts import MAX_FIELD_LENGTHS, DraftFields, draft_key_of
from wiki.pages.writing.write import Edit
from wiki.web.hidden_number import HiddenNumberField


class EditForm(PageForm):
    """The form for writing or editing a page, with the fields of its kind."""

    title = StringField(_l("Title"))
    text = TextAreaField(_l("Text"))
    summary = StringField(_l("What did you change?"))
    minor = BooleanField(_l("Minor edit"))
    tags = StringField(_l("Tags"), description=_l("Separated by commas"))
    kind = SelectField(_l("Kind"), default=DEFAULT_KIND, validate_choice=False)
    status = SelectField(_l("Status"), validate_choice=False)
    # Identifies the page even if it has moved since the form was opened.
    page_id = HiddenNumberField()
    base_revision = HiddenNumberField()
    section = HiddenField(default="")
    draft_key = HiddenField(default="")  # key of the draft that this editor writes

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.typed: Typed = {}  # what was typed into fields of kinds
        self._base = Content(title="", text="")
        self._fitted: Kind | None = None
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.name, kind.label) for kind in offered_kinds()]
        self.statuses: dict[str, Any] = {"": _l("None"), **STATUSES}
        self.status.choices = list(self.statuses.items())

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        """Read the form, and keep what was typed into fields of kinds."""
        super().process(formdata, *args, **kwargs)
        self.typed = typed_in(self.meta.wrap_formdata(self, formdata))

    def show_content(self, content: Content, base_revision: int | None) -> None:
        """Fill the form with `content`, to be saved on top of revision `base_revision`."""
        self.title.data = content.title
        self.text.data = content.text
        self.tags.data = ", ".join(content.tags)
        self.kind.data = content.kind
        self.status.data = _status_of(content)
        self._show_fields(typed_of(kind_of(content.kind), content.fields))
        self.base_revision.data = base_revision

    def show_draft(self, draft: Draft) -> None:
        """Fill the form from a draft, to be saved on top of the revision on which the draft is
        based.
        """
        for name in self._drafted():
            self[name].data = getattr(draft, name)
        self._show_fields(draft.fields)
        self.base_revision.data = draft.base_revision
        self.draft_key.data = draft_key_of(draft)

    def draft_fields(self) -> DraftFields:
        """The editor’s fields as a draft stores them."""
        return DraftFields(
            **{name: self[name].data or "" for name in self._drafted()},
            fields=self.typed,
            base_revision=self.base_revision.data,
            draft_key=self.draft_key.data or "",
        )

    def _drafted(self) -> list[str]:
        """The names of the fields that drafts store as typed."""
        return [name for name in ("text", *MAX_FIELD_LENGTHS) if name in self]

    def prefill(self, asked: MultiDict[str, Any]) -> None:
        """Fill in the fields of kinds that the query string gives, such as `?field-error=…`."""
        self._show_fields(typed_in(asked))

    def _show_fields(self, typed: Typed) -> None:
        self.typed = dict(typed)
        self._fitted = None

    def fit_kind(self) -> None:
        """Offer the statuses and fields of the chosen kind; a kind with statuses always has one
        chosen.
        """
        kind = kind_of(self.kind.data or "")
        self._offer_kind(kind)
        self._offer_statuses(kind)
        if self._fitted != kind:
            self._fitted = kind
            for name in [name for name in self._fields if name.startswith(PREFIX)]:
                del self._fields[name]
            for field in _fields_of(kind):
                typed = self.typed.get(field.name, [])
                made = control(self, field, typed, self._check_field)
                self._fields[made.name] = made

    def _keep_unsent(self, content: Content) -> None:
        """Keep the values of fields that were not sent; the kind decides which are checked."""
        if not self.kind.raw_data:
            self.kind.data = content.kind
        if not self.status.raw_data:
            self.status.data = _status_of(content)

    @property
    def has_status(self) -> bool:
        """Whether pages of the chosen kind have a status."""
        return kind_of(self.kind.data or "").has_status

    @property
    def has_filled_fields(self) -> bool:
        """Whether something is typed into a field that only pages of the chosen kind have."""
        own = kind_of(self.kind.data or "").fields
        return any(value.strip() for field in own for value in self.typed.get(field.name, ()))

    @property
    def kind_fields(self) -> list[Field]:
        """The controls for the fields of the chosen kind, and for those of all kinds."""
        return [field for field in self if field.name.startswith(PREFIX)]

    @property
    def freshness_names(self) -> list[str]:
        """The names of the controls that say how long the page stays correct."""
        return [f"{PREFIX}{each.name}" for each in freshness_fields(kind_of(self.kind.data or ""))]

    @property
    def order_name(self) -> str:
        """The name of the control for the page’s position; empty if the kind has such a field
        itself.
        """
        is_own = kind_of(self.kind.data or "").field(ORDER) is not None
        return "" if is_own else f"{PREFIX}{ORDER}"

    @property
    def carried(self) -> list[CarriedField]:
        """What was typed into fields of other kinds, which is stored but not shown."""
        shown = {field.name for field in self.kind_fields}
        return [
            CarriedField(f"{PREFIX}{name}", field.label, typed)
            for name, field in known_fields().items()
            if f"{PREFIX}{name}" not in shown and (typed := self.typed.get(name))
        ]

    def _offer_kind(self, kind: Kind) -> None:
        """Offer a retired kind if the page has it already."""
        self.kind.choices = [(kind.name, kind.label) for kind in offered_kinds()]
        if kind.is_retired:
            self.kind.choices.append((kind.name, kind.label))

    def _offer_statuses(self, kind: Kind) -> None:
        status = self.status.data or ""
        if kind.has_status and not status:
            self.status.data = status = DEFAULT_STATUS
        # Imports may bring other statuses; an edit that doesn't touch the status must keep it.
        offered = {**self.statuses, status: self.statuses.get(status, status)}
        if kind.has_status:
            offered.pop("", None)
        self.status.choices = list(offered.items())

    def _check_field(self, _form: Any, field: Field) -> None:
        """Check a control of the kind. Raises `ValidationError`."""
        name = field.name.removeprefix(PREFIX)
        offered = _fields_of(self._fitted) if self._fitted else ()
        known = next((each for each in offered if each.name == name), None)
        if known is None:
            return
        try:
            read_field(known, self.typed.get(known.name, []), self._base.fields.get(known.name))
        except ValueRefused as error:
            raise refusal(error) from error

    def content(self, before: Content | None = None) -> Content:
        """The content as typed; fields that were not sent stay as they are in `before`."""
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
        """The fields of `before`, with the chosen status and everything that was typed.

        Values typed for another kind are kept, whatever they are.
        """
        fields = dict(before.fields)
        if kind_of(kind).has_status:
            if self.status.raw_data and self.status.data in self.statuses:
                fields["status"] = self.status.data
        elif kind_of(before.kind).has_status:
            fields.pop("status", None)
        for field in known_fields(kind_of(kind)).values():
            if (typed := self.typed.get(field.name)) is None:
                continue
            try:
                fields[field.name] = read_field(field, typed, self._base.fields.get(field.name))
            except ValueRefused:  # `edit` refuses it, if the kind has the field
                fields[field.name] = "\n".join(typed)
        return fields

    def edit(self, before: Content | None = None, base: Content | None = None) -> Edit:
        """The edit to save, for a page that contains `before` now, or for a new page.

        `base` is the content on which the edit is based; its values are never refused if nobody
        changed them. Raises `FieldsRefused`.
        """
        self._base = base or before or self._base
        if before is not None:
            self._keep_unsent(before)
        self.fit_kind()
        checks = [field.validate(self) for field in self.kind_fields]
        if not all(checks):
            raise FieldsRefused
        content = self.content(before)
        if content.fields != self._base.fields and not fits_front_matter(content):
            raise FieldsRefused(are_too_long=True)
        return Edit(
            content=content,
            base_revision=self.base_revision.data,
            summary=self.summary.data or "",
            is_minor=bool(self.minor.data),
            section=self.section.data or "",
            draft_key=self.draft_key.data or "",
        )


def _status_of(content: Content) -> str:
    status = content.fields.get("status", "")
    return status if isinstance(status, str) else ""


def _fields_of(kind: Kind) -> tuple[KindField, ...]:
    return (*kind.fields, *shared_fields(kind))


class NewPageForm(EditForm):
    """The form for a new page, whose path can be chosen."""

    path = StringField(
        _l("Path"), description=_l("Part of the address. Leave empty to derive it from the title")
    )
