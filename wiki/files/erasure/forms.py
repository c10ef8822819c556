"""The form with which a file, or a version of it, is erased."""

from wtforms import StringField

from wiki.i18n import lazy as _
from wiki.web.csrf import ProtectedForm

WHY_LIMIT = 160  # characters


class EraseFileForm(ProtectedForm):
    """Why a file, or one version of it, is erased permanently."""

    why = StringField(_("Why?"))

    @property
    def reason(self) -> str:
        return " ".join((self.why.data or "").split())[:WHY_LIMIT]

    def reject(self, message: str) -> None:
        self.why.errors = [*self.why.errors, message]
