"""The audit log: filtered, paginated, and as CSV."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import DateField, Field, Form, SelectField, ValidationError
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Optional

from wiki.accounts.audit_log import (
    BATCH,
    EventFilter,
    actions,
    count_events,
    events,
    next_events,
    register_actions,
)
from wiki.accounts.models import AuditEvent
from wiki.accounts.people.person_field import PersonField
from wiki.admin.blueprint import admin, log_action
from wiki.i18n import lazy as _l
from wiki.timezones import reader_zone
from wiki.web.pagination import paginate

COLUMNS = ("time", "action", "by", "about", "subject", "network")
# Characters that make a spreadsheet read a cell as a formula; full-width ones do in some locales.
# Source: OWASP, "CSV Injection".
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

# Commands write the last two directly into the database: see `wiki.ops.audit_entry`.
register_actions(
    {
        "audit-export": _l("Audit log exported"),
        "backup": _l("Backup written"),
        "restore": _l("Backup restored"),
    }
)


class AuditForm(Form):
    """The filter of the audit log, from the query string."""

    person = PersonField(_l("Person"))
    action = SelectField(_l("Action"))
    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("To"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = [SelectChoice(name, label) for name, label in actions().items()]
        self.action.choices = [SelectChoice("", _l("All")), *labels]
        self.action.data = self.action.data or ""

    def validate_until(self, field: Field) -> None:
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError(_("This date is before the other one."))

    @property
    def is_empty(self) -> bool:
        """Whether no filter is set."""
        return not any(field.data for field in self)

    @property
    def query(self) -> dict[str, Any]:
        """The query string parameters for links with the same filter."""
        return {field.name: field.raw_data for field in self if field.data}

    def event_filter(self) -> EventFilter:
        """The filter of a validated form, with whole days in the reader’s time zone."""
        until = self.until.data
        return EventFilter(
            self.person.user_id,
            self.action.data,
            _begin(self.since.data) if self.since.data else None,
            _begin(until + timedelta(days=1)) if until and until < date.max else None,
        )


def _begin(day: date) -> datetime:
    """The start of `day` in the reader’s time zone."""
    begin = datetime.combine(day, time.min)
    try:
        return begin.replace(tzinfo=reader_zone().rules).astimezone(UTC)
    except OverflowError:  # `date.min` and `date.max` can't be converted
        return begin.replace(tzinfo=UTC)


@admin.get("/audit")
def audit() -> ResponseReturnValue:
    form = AuditForm(request.args)
    if not form.validate():
        return render_template("admin/audit.html", form=form, events=(), pagination=None), 422
    wanted = form.event_filter()
    pagination = paginate(count_events(wanted))
    found = events(wanted, offset=pagination.offset, limit=pagination.per_page)
    shown = {"events": found, "labels": actions(), "pagination": pagination}
    return render_template("admin/audit.html", form=form, **shown)


@admin.get("/audit.csv")
def audit_csv() -> ResponseReturnValue:
    """The same events as CSV. The download itself is logged."""
    form = AuditForm(request.args)
    if not form.validate():
        return render_template("admin/audit.html", form=form, events=(), pagination=None), 422
    log_action("audit-export")
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    response = Response(_lines(app, form.event_filter()), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="audit.csv")
    return response


def _lines(app: Flask, wanted: EventFilter) -> Iterator[str]:
    """The rows, read in batches so that a slow client doesn’t hold a database connection."""
    yield _line(COLUMNS)
    last_id = None
    while True:
        with app.app_context():
            batch = next_events(wanted, before_id=last_id)
            lines = [_line(_cells(event)) for event in batch]
        yield "".join(lines)
        if len(batch) < BATCH:
            return
        last_id = batch[-1].id


def _cells(event: AuditEvent) -> tuple[str, ...]:
    return (
        event.at.isoformat(timespec="seconds"),
        event.action,
        event.by.username if event.by else "",
        event.about.username if event.about else "",
        event.subject,
        event.network,
    )


def _line(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([without_formula(cell) for cell in cells])
    return line.getvalue()


def without_formula(cell: str) -> str:
    """`cell`, prefixed with an apostrophe if a spreadsheet would read it as a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA_STARTS) else cell
