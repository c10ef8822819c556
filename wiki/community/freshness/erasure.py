"""Erases a phrase from reports."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.community.freshness.models import FreshnessReport
from wiki.redact import ErasedPhrase


class ReasonsOfReports:
    """The `wiki.pages.erasure.text_holders.TextHolder` of reports; these hold no text of pages."""

    def erase(self, session: Session, hashes: Collection[str], phrase: ErasedPhrase | None) -> int:
        """Redact the phrase in the reasons of reports; see `TextHolder.erase`."""
        if phrase is None:
            return 0
        reports = session.scalars(select(FreshnessReport).execution_options(yield_per=500))
        held = [report for report in reports if phrase.is_in(report.reason)]
        for report in held:
            report.reason = phrase.redacted(report.reason)
        return len(held)
