"""Erasing a phrase in what readers said of pages."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.community.freshness.models import FreshnessReport
from wiki.redact import ErasedPhrase


class ReasonsOfReports:
    """`wiki.pages.erasure.text_holders.TextHolder` of reports, which hold no text of a page."""

    def erase(self, session: Session, hashes: Collection[str], phrase: ErasedPhrase | None) -> int:
        """Black out the phrase in the reasons that readers gave; see `TextHolder.erase`."""
        if phrase is None:
            return 0
        reports = session.scalars(select(FreshnessReport).execution_options(yield_per=500))
        held = [report for report in reports if phrase.is_in(report.reason)]
        for report in held:
            report.reason = phrase.redacted(report.reason)
        return len(held)
