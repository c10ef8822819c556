"""The form of an upload."""

from wtforms import HiddenField, MultipleFileField

from wiki.i18n import lazy as _
from wiki.web.csrf import ProtectedForm


class UploadForm(ProtectedForm):
    """Files for a page, for the library, or as a new version of `replaces`."""

    file = MultipleFileField(_("Files"))
    page = HiddenField()
    replaces = HiddenField()
    next = HiddenField()
