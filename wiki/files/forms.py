"""The forms of files. Rules of names and contents stand with files, not here."""

from wtforms import Field, HiddenField, MultipleFileField, StringField

from wiki.i18n import lazy as _l
from wiki.web.csrf import ProtectedForm

WHY_LIMIT = 160  # characters


class UploadForm(ProtectedForm):
    """Files for a page, for the library, or as a new version of `replaces`."""

    file = MultipleFileField(_l("Files"))
    page = HiddenField()
    replaces = HiddenField()
    next = HiddenField()


class ConfirmFileForm(ProtectedForm):
    """A question that is answered by pressing its button."""


class EraseFileForm(ProtectedForm):
    """Why a file, or one version of it, is erased for good."""

    why = StringField(_l("Why?"))

    @property
    def reason(self) -> str:
        return " ".join((self.why.data or "").split())[:WHY_LIMIT]

    def reject(self, message: str) -> None:
        self.why.errors = [*self.why.errors, message]


class RenameFileForm(ProtectedForm):
    name = StringField(_l("Name"))

    def reject(self, message: str) -> None:
        field: Field = self.name
        field.errors = [*field.errors, message]
