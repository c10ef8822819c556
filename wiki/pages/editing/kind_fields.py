"""The controls for the fields of a kind, as parts of the editor's form."""

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

# What a form holds, by the name of the field: a text for each of its controls.
Typed = dict[str, list[str]]


class CarriedField(NamedTuple):
    """What is typed into a field that the chosen kind doesn't have."""

    name: str  # of its hidden controls
    label: Words
    values: list[str]


class FieldsRefused(ValueError):
    """Some fields hold what they can't; the form says which, once it is validated.

    If they only `are_too_long` together, no one field is to blame.
    """

    def __init__(self, *, are_too_long: bool = False) -> None:
        super().__init__()
        self.are_too_long = are_too_long


def typed_in(sent: MultiDict[str, Any] | None) -> Typed:
    """What was sent for fields of any kind; of a group of boxes without a tick, nothing."""
    found: Typed = {}
    for name, values in sent.lists() if sent is not None else ():
        match = _NAME.fullmatch(name)
        if match and len(found) < MAX_NAMES:
            texts = [value for value in values if isinstance(value, str)]
            found[match[1]] = normalized(texts)
    return found


def typed_of(kind: Kind, fields: Mapping[str, Any]) -> Typed:
    """What the form shows of `fields`, also of those that other kinds have: a page may become one
    of them, and nothing may be lost then."""
    known = known_fields(kind).items()
    return {name: typed for name, field in known if (typed := as_typed(field, fields.get(name)))}


def known_fields(*first: Kind) -> dict[str, KindField]:
    """The fields of all kinds by name; where several have one, that of the `first` of them."""
    known: dict[str, KindField] = {}
    for each in (*first, *all_kinds().values()):
        for field in (*each.fields, *shared_fields(each)):
            known.setdefault(field.name, field)
    return known


def fits_front_matter(content: Content) -> bool:
    """Whether an export could write these fields, and an import read them again."""
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
    """A control of `form` that shows what was typed; `check` raises what is wrong with it."""
    unbound = _unbound(field, typed, [check])
    bound: Field = unbound.bind(form=form, name=f"{PREFIX}{field.name}", _meta=form.meta)
    bound.process(None, _shown(field, typed))
    return bound


def refusal(error: ValueRefused) -> InvalidValue:
    """What is wrong, for whoever typed it."""
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
    """Whether each choice has a box: also where an import brought several values for one."""
    return field.is_many or len(typed) > 1


def _unbound(field: KindField, typed: list[str], checks: list[Any]) -> Any:
    about: dict[str, Any] = {"description": field.hint}
    make: Any = StringField
    look: dict[str, Any] = {"autocomplete": "off"}
    match field.type:
        case FieldType.CHOICE:
            # A value that is no choice any more stays one of this page.
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
        # Of an import: browsers would join the lines without a word.
        make = TextAreaField
        look = {**{name: look[name] for name in look if name != "maxlength"}, "rows": 2}
    return make(field.label, checks, render_kw=look, **about)


def _one_a_line() -> Words:
    return _l("One per line.")
