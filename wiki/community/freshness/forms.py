"""The form with which readers report a page and editors answer."""

from datetime import UTC, datetime
from typing import Any

from wtforms import HiddenField, StringField
from wtforms.validators import ValidationError

from wiki.community.freshness.models import REASON_LIMIT
from wiki.i18n import lazy as _l
from wiki.pages.writing.content import MAX_SUMMARY_LENGTH, clean_summary
from wiki.timezones import parse_local_time
from wiki.web.csrf import ProtectedForm
from wiki.web.request_values import parse_number

REPORT, WITHDRAW = "report", "withdraw"  # for every member
RIGHT, OBSOLETE, REVIVE = "right", "obsolete", "revive"  # for those who may edit the page
FOR_READERS = (REPORT, WITHDRAW)
ANSWERS = (REPORT, WITHDRAW, RIGHT, OBSOLETE, REVIVE)


class FreshnessForm(ProtectedForm):
    """A report on a page, or an editor's answer; `answer` says which."""

    answer = StringField(_l("Answer"))  # the value of a button
    reason = StringField(
        _l("What doesn’t work?"), description=_l("In a sentence, with the version you tried")
    )
    summary = StringField(_l("Why?"))
    base_revision = HiddenField()
    newest_report = HiddenField()

    @property
    def seen(self) -> int | None:
        """The number of the revision that the person saw."""
        return parse_number(self.base_revision.data)

    @property
    def seen_until(self) -> datetime | None:
        """The time of the newest report that the person saw; a time long ago if there was none."""
        if self.newest_report.data is None:
            return None
        return parse_local_time(self.newest_report.data) or datetime.min.replace(tzinfo=UTC)

    def validate_answer(self, field: Any) -> None:
        """Raises `ValidationError`."""
        if field.data not in ANSWERS:
            raise ValidationError(_l("Choose one of the answers."))

    def validate_reason(self, field: Any) -> None:
        """Raises `ValidationError`."""
        if self.answer.data != REPORT:
            return
        if not clean_summary(field.data or ""):
            raise ValidationError(_l("Say in a sentence what doesn’t work."))
        _check_length(field, REASON_LIMIT)

    def validate_summary(self, field: Any) -> None:
        """Raises `ValidationError`."""
        _check_length(field, MAX_SUMMARY_LENGTH)


def _check_length(field: Any, limit: int) -> None:
    if len(field.data or "") > limit:
        raise ValidationError(_l("Shorten it to %(limit)s characters.", limit=limit))
