"""A kind of page, and a field that pages of a kind have. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from wiki.i18n import Words
from wiki.i18n import lazy as _l


class FieldType(StrEnum):
    """What a field holds, and so how it is typed in, checked and shown."""

    TEXT = "text"  # one line
    LONG = "long"  # paragraphs
    CODE = "code"  # as a machine wrote it: an error, an output
    CHOICE = "choice"
    DATE = "date"
    NUMBER = "number"
    LINK = "link"
    VERSION = "version"  # a number, with the name of what it is a version of


TYPE_LABELS: dict[FieldType, Words] = {
    FieldType.TEXT: _l("Text, one line"),
    FieldType.LONG: _l("Text, several paragraphs"),
    FieldType.CODE: _l("Error or output, shown as it is"),
    FieldType.CHOICE: _l("Choice"),
    FieldType.DATE: _l("Date"),
    FieldType.NUMBER: _l("Number"),
    FieldType.LINK: _l("Link"),
    FieldType.VERSION: _l("Version"),
}
# Of these a page may have several values in one field.
REPEATABLE = frozenset({FieldType.TEXT, FieldType.CHOICE, FieldType.LINK, FieldType.VERSION})


@dataclass(frozen=True, slots=True)
class KindField:
    """A field. `name` is its key in front matter, which stays when the label changes.

    If it `is_many`, a page may have several values of it.
    """

    name: str
    label: Words
    type: FieldType = FieldType.TEXT
    is_many: bool = False
    choices: tuple[str, ...] = ()
    hint: Words = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page.

    `folder` is where a new page of this kind is put (`challenges/…`), empty for the top. If it
    `has_status`, its pages have one of `STATUSES`. `outline` is what a new page begins with, of
    kinds that an administrator added; pages of one that `is_retired` stay as they are, but nobody
    is offered it for another.
    """

    name: str
    label: Words
    plural: Words
    description: Words = ""
    folder: str = ""
    has_status: bool = False
    fields: tuple[KindField, ...] = ()
    outline: str = ""
    is_own: bool = False
    is_retired: bool = False

    def field(self, name: str) -> KindField | None:
        """Its field of this name, if it has one."""
        return next((field for field in self.fields if field.name == name), None)
