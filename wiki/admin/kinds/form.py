"""The form for a kind of page, with a row for each of its fields."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from wiki.admin.kinds.change import (
    HINT_LIMIT,
    MAX_CHOICES,
    MAX_FIELDS,
    MAX_KINDS,
    KindDraft,
    KindRefused,
)
from wiki.i18n import lazy as _l
from wiki.kinds.kind import TYPE_LABELS, FieldType, KindField
from wiki.kinds.models import DESCRIPTION_LIMIT, FOLDER_LIMIT, LABEL_LIMIT, OUTLINE_LIMIT
from wiki.web.csrf import ProtectedForm
from wiki.web.request_values import parse_number

_SHORT = {"autocomplete": "off", "maxlength": LABEL_LIMIT}
_NAME = {"autocomplete": "off", "spellcheck": "false", "dir": "ltr", "maxlength": 32}

Row = Mapping[str, Any]  # the values of a row by control name

MAX_ROWS = MAX_FIELDS + 5  # in the form, including rows to be removed


class FieldRow(Form):
    """A field of a kind."""

    label = StringField(_l("Label"), render_kw=_SHORT)
    type = SelectField(
        _l("Type"),
        choices=[SelectChoice(value.value, label) for value, label in TYPE_LABELS.items()],
        default=FieldType.TEXT.value,
        validate_choice=False,
    )
    name = StringField(
        _l("Name"),
        render_kw=_NAME,
        description=_l("In front matter and searches. Leave it empty to derive it from the label."),
    )
    choices = TextAreaField(
        _l("Choices"), render_kw={"rows": 2}, description=_l("One per line, for the type “Choice”.")
    )
    hint = StringField(_l("Hint"), render_kw={"autocomplete": "off", "maxlength": HINT_LIMIT})
    is_many = BooleanField(_l("Several values"))
    is_removed = BooleanField(_l("Remove this field"))

    @property
    def is_empty(self) -> bool:
        typed = (self[name].data or "" for name in ("label", "name", "choices", "hint"))
        return not any(map(str.strip, typed))

    def field(self) -> KindField:
        known = {type_.value: type_ for type_ in FieldType}
        return KindField(
            (self.name.data or "").strip(),
            self.label.data or "",
            known.get(self.type.data, FieldType.TEXT),
            bool(self.is_many.data),
            tuple((self.choices.data or "").splitlines()),
            self.hint.data or "",
        )


class RowList(FieldList):  # type: ignore[type-arg]  # generic in its stubs alone
    """A list of rows, numbered by the names of their controls."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        """As in WTForms, but ignoring what only looks like a number, such as ² or 4,300 digits."""
        for name in formdata:
            if name.startswith(f"{prefix}-"):
                number = parse_number(name.split("-")[1])
                if number is not None:
                    yield number


class KindForm(ProtectedForm):
    """A kind of page."""

    label = StringField(
        _l("Label"), render_kw=_SHORT, description=_l("For one page, such as Recipe.")
    )
    plural = StringField(_l("Plural"), render_kw=_SHORT, description=_l("Such as Recipes."))
    name = StringField(
        _l("Name"),
        render_kw=_NAME,
        description=_l(
            "In addresses, front matter and searches; lowercase Latin letters, digits and hyphens. "
            "It can’t be changed later. Leave it empty to derive it from the label."
        ),
    )
    description = StringField(
        _l("Description"), render_kw={"autocomplete": "off", "maxlength": DESCRIPTION_LIMIT}
    )
    folder = StringField(
        _l("Folder"),
        render_kw={"autocomplete": "off", "dir": "ltr"},
        description=_l("The folder for its new pages, such as recipes. Empty for the top level."),
    )
    outline = TextAreaField(
        _l("Outline"),
        render_kw={"rows": 6},
        description=_l("Markdown that a new page starts with. {title} stands for its title."),
    )
    has_status = BooleanField(_l("Its pages have a status: open, solved or outdated"))
    fields = RowList(FormField(FieldRow), min_entries=1, max_entries=MAX_ROWS)
    version = HiddenField()

    def seen(self) -> int:
        """The version that was shown; -1, which no version has, if it isn’t a number."""
        number = parse_number(self.version.data)
        return -1 if number is None else number

    def rows(self) -> list[FieldRow]:
        """The rows that hold a field, without empty ones and those to be removed."""
        rows: Sequence[FieldRow] = [entry.form for entry in self.fields]
        return [row for row in rows if not row.is_empty and not row.is_removed.data]

    def draft(self) -> KindDraft:
        """The kind as it was typed."""
        columns = ("label", "plural", "name", "description", "folder", "outline")
        values = {column: self[column].data or "" for column in columns}
        fields = tuple(row.field() for row in self.rows())
        return KindDraft(**values, has_status=bool(self.has_status.data), fields=fields)

    def show(self, refused: KindRefused) -> None:
        """Show each problem at its field."""
        rows = self.rows()
        for place, reason in refused.problems.items():
            words = _refusal(reason, place)
            head, _dash, rest = place.partition("-")
            if head != "fields":
                self.reject(place, words)
                continue
            number, _dash, name = rest.partition("-")
            control = rows[int(number)][name]
            control.errors = [*control.errors, words]
            self.form_errors: list[str] = [
                _("Something is wrong with a field; see the message beside it.")
            ]


def form_of(draft: KindDraft, version: int | None) -> KindForm:
    """A form with `draft`, and with an empty row if it has no fields."""
    columns = ("label", "plural", "name", "description", "folder", "outline", "has_status")
    data: dict[str, Any] = {column: getattr(draft, column) for column in columns}
    data["fields"] = [_row(field) for field in draft.fields] or [{}]
    data["version"] = "" if version is None else str(version)
    return KindForm(formdata=None, data=data)


def form_moved(sent: KindForm, move: str) -> KindForm:
    """The submitted form after a button moved or added a row."""
    data = {**sent.data, "fields": moved(sent.data["fields"], move)}
    return KindForm(formdata=None, data=data)


def moved(rows: Sequence[Row], move: str) -> list[Row]:
    """The rows after a button: "add", "2-up" or "2-down"; unchanged for anything else."""
    made = list(rows)
    number, _dash, way = move.partition("-")
    index = parse_number(number)
    if move == "add" and len(made) < MAX_ROWS:
        made.append({})
    elif index is not None and index < len(made):
        other = index + {"up": -1, "down": 1}.get(way, 0)
        if 0 <= other < len(made):
            made[index], made[other] = made[other], made[index]
    return made


def _row(field: KindField) -> Row:
    return {
        "label": field.label,
        "type": field.type.value,
        "name": field.name,
        "choices": "\n".join(field.choices),
        "hint": field.hint,
        "is_many": field.is_many,
    }


def _refusal(reason: str, place: str) -> str:
    last = place.rpartition("-")[2]
    limits = {
        "description": DESCRIPTION_LIMIT,
        "folder": FOLDER_LIMIT,
        "hint": HINT_LIMIT,
        "outline": OUTLINE_LIMIT,
    }
    words: dict[str, str] = {
        "empty": _("Enter a label."),
        "too-long": _("Shorten it to %(limit)s characters.", limit=limits.get(last, LABEL_LIMIT)),
        "hidden": _("Remove the invisible characters (control characters and marks)."),
        "taken": _("That name is already taken."),
        "reserved": _("This name means something else here. Choose another one."),
        "name": _("Use lowercase Latin letters, digits and hyphens, such as recipe."),
        "path": _('A folder can’t contain \\ ? # % [ ] | < > { } ^ ` and ".'),
        "no-choices": _("Enter at least one choice."),
        "dots": _("A part of the path can’t consist of dots only."),
        "empty-segment": _("The path has two slashes in a row."),
        "too-many-choices": _("There can’t be more than %(limit)s choices.", limit=MAX_CHOICES),
        "too-many-fields": _("There can’t be more than %(limit)s fields.", limit=MAX_FIELDS),
        "too-many-kinds": _("There can’t be more than %(limit)s kinds.", limit=MAX_KINDS),
    }
    return words[reason]
