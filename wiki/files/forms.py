"""The forms of files. Rules of names and contents stand with files, not here."""

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, MultipleFileField, StringField

from wiki.language import lazy as _l


class UploadForm(FlaskForm):  # type: ignore[misc]
    """Files for a page, for the library, or as a new version of `replaces`."""

    file = MultipleFileField(_l("Files"))
    page = HiddenField()
    replaces = HiddenField()
    next = HiddenField()


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """A question that is answered by pressing its button."""


class RenameForm(FlaskForm):  # type: ignore[misc]
    name = StringField(_l("Name"))

    def reject(self, message: str) -> None:
        field: Field = self.name
        field.errors = [*field.errors, message]
