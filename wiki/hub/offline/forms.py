"""The form with which changes are given back."""

from wtforms import FileField, TextAreaField

from wiki.i18n import lazy as _l
from wiki.web.csrf import ProtectedForm


class GiveBackForm(ProtectedForm):
    file = FileField(_l("The file of changes"))
    text = TextAreaField(_l("Or what is in it"))

    def sent(self) -> bytes:
        """The file, or if none was chosen, what was pasted."""
        chosen = self.file.data.read() if self.file.data else b""
        return chosen or (self.text.data or "").encode("utf-8", "replace")
