"""The forms of files."""

from wtforms import HiddenField, MultipleFileField, StringField

from wiki.i18n import lazy as _
from wiki.web.csrf import ProtectedForm

WHY_LIMIT = 160  # characters


class UploadForm(ProtectedForm):
    """Files for a page, for the library, or as a new version of `replaces`."""

    file = MultipleFileField(_("Files"))
    page = HiddenField()
    replaces = HiddenField()
    next = HiddenField()


class RenameFileForm(ProtectedForm):
    """The new name of a file."""

    name = StringField(_("Name"))


class EraseFileForm(ProtectedForm):
    """The reason why a file, or one version, is erased permanently."""

    why = StringField(_("Why?"))

    @property
    def reason(self) -> str:
        """The reason on one line, truncated to `WHY_LIMIT`."""
        return " ".join((self.why.data or "").split())[:WHY_LIMIT]
