"""The form for submitting changes."""

from wtforms import FileField, TextAreaField

from wiki.i18n import lazy as _l
from wiki.web.csrf import ProtectedForm


class SubmitChangesForm(ProtectedForm):
    file = FileField(_l("The file of changes"))
    text = TextAreaField(_l("Or its content"))

    def sent(self) -> bytes:
        """The uploaded file or, if none was chosen, the pasted text."""
        chosen = self.file.data.read() if self.file.data else b""
        return chosen or (self.text.data or "").encode("utf-8", "replace")
