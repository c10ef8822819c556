"""Forms for restoring a revision and undoing one edit, or all edits of one person."""

from datetime import datetime, timedelta

from wtforms import StringField
from wtforms.widgets import DateTimeLocalInput

from wiki.database import utcnow
from wiki.i18n import lazy as _l
from wiki.pages.forms import ConfirmForm
from wiki.timezones import parse_local_time
from wiki.web.csrf import ProtectedForm
from wiki.web.hidden_number import HiddenNumberField


class RestoreForm(ConfirmForm):
    """Confirms that a revision is restored or an edit undone."""

    revision = HiddenNumberField()


class MassUndoForm(ProtectedForm):
    """The period to undo, and why; first in the query string, then confirmed by a form."""

    since = StringField(_l("From"), widget=DateTimeLocalInput())
    until = StringField(
        _l("Until"), description=_l("Leave empty for now"), widget=DateTimeLocalInput()
    )
    summary = StringField(_l("Why?"))

    def period(self) -> tuple[datetime, datetime] | None:
        """Start and end; `None`, with an error at the field, if the period is invalid."""
        now = utcnow()
        since = parse_local_time(self.since.data) if self.since.data else now - timedelta(days=1)
        until = parse_local_time(self.until.data) if self.until.data else now
        for field, value in ((self.since, since), (self.until, until)):
            if value is None:
                field.errors = [
                    *field.errors,
                    _l("Enter a date and a time, such as 2026-05-31 14:30."),
                ]
        if since is None or until is None:
            return None
        if since >= until:
            self.until.errors = [*self.until.errors, _l("The end is before the beginning.")]
            return None
        return since, until
