"""Personal data that freshness keeps of a user."""

from collections.abc import Iterator
from typing import IO

from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.access.permissions import current_viewer, history_visible_to
from wiki.accounts.merging.references import moves, unites
from wiki.accounts.privacy.personal_data import as_json
from wiki.community.freshness.models import FreshnessCheck, FreshnessReport
from wiki.database import db
from wiki.pages.models import Page

REFERENCES = (
    unites(
        FreshnessReport.user_id,
        [FreshnessReport.page_id],
        label=lambda count: ngettext("%(num)s report", "%(num)s reports", count),
    ),
    moves(FreshnessCheck.checked_by_id),
)


class ReportsOfPerson:
    """`wiki.accounts.privacy.personal_data.PersonalData` of reports."""

    def export(self, person_id: int) -> Iterator[tuple[str, IO[bytes]]]:
        """Yields `reports.json`: the page, reason and time of each report of theirs.

        Pages whose history they may not see are left out.
        """
        columns = (Page.path, FreshnessReport.reason, FreshnessReport.reported_at)
        rows = db.session.execute(
            select(*columns)
            .join(Page, Page.id == FreshnessReport.page_id)
            .where(FreshnessReport.user_id == person_id, history_visible_to(current_viewer(), Page))
        )
        yield "reports.json", as_json([dict(row) for row in rows.mappings()])

    def rename(self, session: Session, person_id: int) -> None:
        """Reports refer to people by their ids."""

    def forget(self, session: Session, person_id: int) -> None:
        """What a report says is about the page, and stays until it is answered."""
