"""Columns about freshness in the one statement of a page's view; the same for all readers."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased

from wiki.community.freshness.due import is_open
from wiki.community.freshness.models import FreshnessReport
from wiki.pages.models import Page, Revision
from wiki.pages.queries.page_extras import register_column
from wiki.search.documents import OBSOLETE


def obsolete() -> ColumnElement[Any]:
    """Not null if the page is marked as obsolete."""
    current = aliased(Revision)
    is_current = and_(current.page_id == Page.id, current.number == Page.revision_count)
    flag = select(current.fields[OBSOLETE].as_string()).where(is_current)
    return flag.correlate(Page).scalar_subquery()


def report_count() -> ColumnElement[Any]:
    """The number of open reports on the page."""
    count = select(func.count()).where(FreshnessReport.page_id == Page.id, is_open())
    return count.select_from(FreshnessReport).correlate(Page).scalar_subquery()


register_column("obsolete", obsolete)
register_column("reports", report_count)
