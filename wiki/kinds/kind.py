"""The kind of a page, and its fields. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from wiki.i18n import Words
from wiki.i18n import lazy as _l


class FieldType(StrEnum):
    """The type of a field’s values, which decides how they are entered, checked and shown."""

    TEXT = "text"  # one line
    LONG = "long"  # paragraphs
    CODE = "code"  # program output, such as an error
    CHOICE = "choice"
    DATE = "date"
    NUMBER = "number"
    LINK = "link"
    VERSION = "version"  # a version number with a product name


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
# Types of fields that may have several values.
REPEATABLE = frozenset({FieldType.TEXT, FieldType.CHOICE, FieldType.LINK, FieldType.VERSION})


@dataclass(frozen=True, slots=True)
class KindField:
    """A field; `name` is its key in front matter, which stays when the label changes.

    `is_many` allows several values.
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

    `folder` is the path below which new pages of this kind are created (`challenges/…`), empty for
    the top. With `has_status`, pages have one of `STATUSES`. `outline` is the initial text of pages
    of a kind that an administrator added. Pages of a kind that `is_retired` keep it, but it is not
    offered for others.
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
        """The field with this name, or `None`."""
        return next((field for field in self.fields if field.name == name), None)
