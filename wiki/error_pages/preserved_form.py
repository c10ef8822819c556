"""Preserves what was typed into a form after an error, so that it can be sent again.

All fields come back, so that no form can be forgotten, except for those that must not appear in a
page: passwords, codes and tokens.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.exceptions import HTTPException

from wiki.i18n import lazy as _l
from wiki.web.csrf import WRITER_FIELD, is_cross_site

# Words in the names of fields with secrets. Fields of kinds may have any name.
_SECRET = frozenset({"code", "credential", "csrf", "password", "secret", "token"})
_KIND_FIELD = "field-"
# Hidden fields of forms: if nothing else was sent, nobody has typed anything. If a name is
# missing here, the only effect is that a form is offered that needn't be sent again.
MACHINERY = frozenset(
    {
        *("access_was", "action", "after", "base_revision", "before", "began_with"),
        *("confirmed", "draft_key", "form_key", "in", "invite", "looked_for", "mine"),
        *("newest_report", "next", "number", "on", "opened", "page", "page_id", "proposal"),
        *("replaces", "revision", "role_was", "section", "seen", "session", "shown", "was"),
    }
)
_LABELS: dict[str, Any] = {
    "text": _l("Text"),
    "title": _l("Title"),
    "summary": _l("What did you change?"),
    "reason": _l("Reason"),
    "why": _l("Why?"),
}
_OTHERS = _l("What you wrote")
_LONG = 60  # characters; a longer text needs more than one line


@dataclass(frozen=True, slots=True)
class PreservedField:
    """One value of a form; it is shown if it has a label."""

    name: str
    value: str
    label: Any = None

    @property
    def is_long(self) -> bool:
        """Whether it needs more than one line."""
        return self.name == "text" or "\n" in self.value or len(self.value) > _LONG


def is_secret(name: str) -> bool:
    """Whether a field with this name contains a secret, which no page may show."""
    is_content = name.startswith(_KIND_FIELD)
    return not is_content and not _SECRET.isdisjoint(re.split(r"[^a-z]+", name.lower()))


def preserved_fields(*, goes_on: bool = True, is_whole: bool = False) -> list[PreservedField]:
    """The fields of the sent form in order; empty if it can’t be read, or nothing was typed.

    Nothing is preserved from forms that another site sent, since pressing a button would complete
    the attack. Empty fields are kept, as somebody may have emptied them. For a conflict that
    `goes_on`, the choices are kept but not the text, which has one side in every overlap. With
    `is_whole`, the form is kept even if nothing was typed.
    """
    if request.method != "POST" or is_cross_site():
        return []
    try:
        sent = [(name, value) for name, value in request.form.items(multi=True)]
    except HTTPException:
        return []
    fields = [PreservedField(*pair, _label(*pair)) for pair in _without(sent, goes_on=goes_on)]
    is_typed = any(field.value and field.name not in MACHINERY for field in fields)
    return fields if is_typed or is_whole else []


def _without(sent: list[tuple[str, str]], *, goes_on: bool) -> Iterator[tuple[str, str]]:
    is_conflict = ("action", "resolve") in sent
    for name, value in sent:
        if is_secret(name) or name == WRITER_FIELD or (goes_on and is_conflict and name == "text"):
            continue
        if goes_on or name != "action":
            yield name, value


def _label(name: str, value: str) -> Any:
    if name in MACHINERY:
        return None
    # Texts are shown so that they can be copied; choices need not be visible.
    return _LABELS.get(name) or (_OTHERS if len(value.split()) > 1 else None)


def is_save(fields: Iterable[PreservedField]) -> bool:
    """Whether sending the form again saves a page."""
    values = {field.name: field.value for field in fields}
    return "text" in values and values.get("action", "save") == "save"
