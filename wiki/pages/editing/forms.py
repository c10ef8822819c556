"""The editor's form, and how it stands to contents, edits and drafts."""

from typing import Any

from wtforms import BooleanField, Field, HiddenField, SelectField, StringField, TextAreaField

from wiki.i18n import lazy as _l
from wiki.pages.forms import HiddenNumberField, PageForm
from wiki.pages.kinds import DEFAULT_KIND, DEFAULT_STATUS, KINDS, STATUSES, kind_of
from wiki.pages.models import Draft
from wiki.pages.writing.content import Content
from wiki.pages.writing.drafts import MAX_FIELD_LENGTHS, DraftFields, draft_key_of
from wiki.pages.writing.write import Edit


class EditForm(PageForm):
    title = StringField(_l("Title"))
    text = TextAreaField(_l("Text"))
    summary = StringField(_l("What did you change?"))
    minor = BooleanField(_l("Minor edit"))
    tags = StringField(_l("Tags"), description=_l("Separated by commas"))
    kind = SelectField(_l("Kind"), default=DEFAULT_KIND, validate_choice=False)
    status = SelectField(_l("Status"), validate_choice=False)
    # Which page it is, whatever page is at its address by now.
    page_id = HiddenNumberField()
    base_revision = HiddenNumberField()
    section = HiddenField(default="")
    draft_key = HiddenField(default="")  # of the draft that this editor writes

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.name, kind.label) for kind in KINDS.values()]
        self.statuses: dict[str, Any] = {"": _l("None"), **STATUSES}
        self.status.choices = list(self.statuses.items())

    def show_content(self, content: Content, base_revision: int | None) -> None:
        """Show `content`, to be saved on top of revision `base_revision`."""
        self.title.data = content.title
        self.text.data = content.text
        self.tags.data = ", ".join(content.tags)
        self.kind.data = content.kind
        status = content.fields.get("status", "")
        self.status.data = status if isinstance(status, str) else ""
        self.base_revision.data = base_revision

    def show_draft(self, draft: Draft) -> None:
        """Show a draft, to be saved on top of the revision that it was begun from."""
        for name in self._drafted():
            self[name].data = getattr(draft, name)
        self.base_revision.data = draft.base_revision
        self.draft_key.data = draft_key_of(draft)

    def draft_fields(self) -> DraftFields:
        """The fields of the editor as a draft stores them."""
        return DraftFields(
            **{name: self[name].data or "" for name in self._drafted()},
            base_revision=self.base_revision.data,
            draft_key=self.draft_key.data or "",
        )

    def _drafted(self) -> list[str]:
        """The fields of this form that drafts store as they were typed."""
        return [name for name in ("text", *MAX_FIELD_LENGTHS) if name in self]

    def offer_statuses(self) -> None:
        """Offer the statuses of the chosen kind: a challenge always has one."""
        status = self.status.data or ""
        has_status = kind_of(self.kind.data or "").has_status
        if has_status and not status:
            self.status.data = status = DEFAULT_STATUS
        # An import may bring others: an edit that doesn't touch the status mustn't lose it.
        offered = {**self.statuses, status: self.statuses.get(status, status)}
        if has_status:
            offered.pop("", None)
        self.status.choices = list(offered.items())

    def content(self, before: Content | None = None) -> Content:
        """The content as typed; what wasn't sent stays as it was in `before`."""
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
        """The fields of `before`, with the chosen status for a kind that has one."""
        fields = dict(before.fields)
        if kind_of(kind).has_status:
            if self.status.data in self.statuses:
                fields["status"] = self.status.data
        elif kind_of(before.kind).has_status:
            fields.pop("status", None)
        return fields

    def edit(self, before: Content | None = None) -> Edit:
        """The edit to be saved, of a page that holds `before` now, or of a new one."""
        return Edit(
            content=self.content(before),
            base_revision=self.base_revision.data,
            summary=self.summary.data or "",
            is_minor=bool(self.minor.data),
            section=self.section.data or "",
            draft_key=self.draft_key.data or "",
        )


class NewPageForm(EditForm):
    path = StringField(
        _l("Path"), description=_l("Part of the address. Leave empty to derive it from the title")
    )
