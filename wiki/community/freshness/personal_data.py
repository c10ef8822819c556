"""A user's personal data in freshness."""

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
    """The `wiki.accounts.privacy.personal_data.PersonalData` of reports."""

    def export(self, person_id: int) -> Iterator[tuple[str, IO[bytes]]]:
        """Yields `reports.json`: the page, reason and time of each of the user's reports.

        Pages are left out if the user may not see their history.
        """
        columns = (Page.path, FreshnessReport.reason, FreshnessReport.reported_at)
        rows = db.session.execute(
            select(*columns)
            .join(Page, Page.id == FreshnessReport.page_id)
            .where(FreshnessReport.user_id == person_id, history_visible_to(current_viewer(), Page))
        )
        yield "reports.json", as_json([dict(row) for row in rows.mappings()])

    def rename(self, session: Session, person_id: int) -> None:
        """Does nothing: reports refer to users by id."""

    def forget(self, session: Session, person_id: int) -> None:
        """Keeps the reports, which are about the page, until they are answered."""
