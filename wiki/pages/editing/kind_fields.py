"""The controls for the fields of a kind, as parts of the editor’s form."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms import ValidationError as InvalidValue
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from wiki.i18n import Words
from wiki.i18n import lazy as _l
from wiki.kinds.builtin import shared_fields
from wiki.kinds.current import all_kinds
from wiki.kinds.kind import FieldType, Kind, KindField
from wiki.kinds.values import (
    MAX_LINE,
    MAX_LINK,
    MAX_VERSION,
    ValueRefused,
    as_typed,
    normalized,
    values_of,
)
from wiki.naming import PATH_LIMIT
from wiki.pages.writing.content import Content
from wiki.pages.writing.frontmatter import FieldsTooLong, compose_front_matter

PREFIX = "field-"  # of the names of these controls
MAX_NAMES = 100  # of fields that one form may send

_NAME = re.compile(rf"{PREFIX}([a-z0-9][a-z0-9_-]{{0,31}})", re.ASCII)

# Field name -> what was typed into each of its controls.
Typed = dict[str, list[str]]


class CarriedField(NamedTuple):
    """What was typed into a field that the chosen kind doesn’t have."""

    name: str  # name of its hidden controls
    label: Words
    values: list[str]


class FieldsRefused(ValueError):
    """Some fields have invalid values; the form says which, once it is validated.

    `are_too_long` means that only their total length is too large.
    """

    def __init__(self, *, are_too_long: bool = False) -> None:
        super().__init__()
        self.are_too_long = are_too_long


def typed_in(sent: MultiDict[str, Any] | None) -> Typed:
    """What was sent for fields of any kind; an empty list for check boxes without a tick."""
    found: Typed = {}
    for name, values in sent.lists() if sent is not None else ():
        match = _NAME.fullmatch(name)
        if match and len(found) < MAX_NAMES:
            texts = [value for value in values if isinstance(value, str)]
            found[match[1]] = normalized(texts)
    return found


def typed_of(kind: Kind, fields: Mapping[str, Any]) -> Typed:
    """What the form shows for stored `fields`, including fields of other kinds.

    The page may be changed to one of those kinds, and no value may get lost.
    """
    known = known_fields(kind).items()
    return {name: typed for name, field in known if (typed := as_typed(field, fields.get(name)))}


def known_fields(*first: Kind) -> dict[str, KindField]:
    """The fields of all kinds by name; if several kinds have one, `first` decides."""
    known: dict[str, KindField] = {}
    for each in (*first, *all_kinds().values()):
        for field in (*each.fields, *shared_fields(each)):
            known.setdefault(field.name, field)
    return known


def fits_front_matter(content: Content) -> bool:
    """Whether these fields can be exported as front matter and imported again."""
    names = {"title": content.title, "kind": content.kind, "path": "x" * PATH_LIMIT}
    fields = {name: values_of(value) for name, value in content.fields.items()}
    try:
        compose_front_matter({**names, "tags": list(content.tags), **fields}, "")
    except FieldsTooLong:
        return False
    return True


def control(
    form: Form, field: KindField, typed: list[str], check: Callable[[Any, Field], None]
) -> Field:
    """A control of `form` that shows what was typed; `check` is its validator."""
    unbound = _unbound(field, typed, [check])
    bound: Field = unbound.bind(form=form, name=f"{PREFIX}{field.name}", _meta=form.meta)
    bound.process(None, _shown(field, typed))
    return bound


def refusal(error: ValueRefused) -> InvalidValue:
    """The message for a refused value."""
    words = {
        "too-long": _("Shorten it to %(limit)s characters.", limit=error.limit),
        "too-many": ngettext(
            "Enter only %(num)s value.", "Enter at most %(num)s values.", error.limit
        ),
        "hidden": _("Remove the invisible characters (control characters and marks)."),
        "date": _("Write the date as year, month and day, such as 2026-11-30."),
        "number": _("Enter a number, such as 3 or 2.5."),
        "link": _("Enter a whole address, such as https://example.org."),
        "version": _("Enter a version with its number, such as Django 5.2."),
        "choice": _("Choose one of the offered values."),
    }
    return InvalidValue(words[error.reason])


def _shown(field: KindField, typed: list[str]) -> str | list[str]:
    if field.type is FieldType.CHOICE:
        return typed if _has_boxes(field, typed) else "".join(typed)
    return (", " if field.type is FieldType.VERSION else "\n").join(typed)


def _has_boxes(field: KindField, typed: list[str]) -> bool:
    """Whether the field has a check box per choice, also if an import brought several values."""
    return field.is_many or len(typed) > 1


def _unbound(field: KindField, typed: list[str], checks: list[Any]) -> Any:
    about: dict[str, Any] = {"description": field.hint}
    make: Any = StringField
    look: dict[str, Any] = {"autocomplete": "off"}
    match field.type:
        case FieldType.CHOICE:
            # A former choice that the page still has can be kept.
            offered = [
                SelectChoice(value, value) for value in dict.fromkeys((*field.choices, *typed))
            ]
            make = SelectMultipleField
            if not _has_boxes(field, typed):
                make, offered = SelectField, [SelectChoice("", _l("None")), *offered]
            about |= {"choices": offered, "validate_choice": False}
            look = {}
        case FieldType.LONG:
            make, look = TextAreaField, {"rows": 3}
        case FieldType.CODE:
            make = TextAreaField
            look = {"rows": 4, "dir": "ltr", "class": "code-input", "spellcheck": "false"}
        case FieldType.DATE:
            look |= {"placeholder": _("YYYY-MM-DD"), "maxlength": 10, "dir": "ltr"}
        case FieldType.NUMBER:
            look |= {"inputmode": "decimal", "maxlength": 14, "dir": "ltr"}
        case FieldType.LINK:
            look |= {"inputmode": "url", "dir": "ltr", "spellcheck": "false"}
            if not field.is_many:
                look["maxlength"] = MAX_LINK
        case FieldType.VERSION:
            look |= {"spellcheck": "false"} | ({} if field.is_many else {"maxlength": MAX_VERSION})
        case _ if not field.is_many:
            look["maxlength"] = MAX_LINE
    if field.is_many and field.type in (FieldType.TEXT, FieldType.LINK):
        make, look = TextAreaField, {**look, "rows": 2}
        about["description"] = field.hint or _one_a_line()
    if make is StringField and "\n" in _shown(field, typed):
        # An import may bring several lines, which a one-line control would join silently.
        make = TextAreaField
        look = {**{name: look[name] for name in look if name != "maxlength"}, "rows": 2}
    return make(field.label, checks, render_kw=look, **about)


def _one_a_line() -> Words:
    return _l("One per line.")
