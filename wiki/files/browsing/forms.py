"""The forms with which a file is renamed or deleted."""

from wtforms import Field, StringField

from wiki.i18n import lazy as _
from wiki.web.csrf import ProtectedForm


class ConfirmFileForm(ProtectedForm):
    """A question answered by pressing its button."""


class RenameFileForm(ProtectedForm):
    name = StringField(_("Name"))

    def reject(self, message: str) -> None:
        field: Field = self.name
        field.errors = [*field.errors, message]
