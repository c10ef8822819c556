"""How many proposals wait for a page, as the page shows it."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from wiki.community.proposals.models import ProposalPage
from wiki.pages.models import Page
from wiki.pages.queries.page_extras import register_column


def open_proposals() -> ColumnElement[Any]:
    """Those of this page alone: of others, not all its readers may know all pages."""
    query = select(func.count()).select_from(ProposalPage)
    query = query.where(ProposalPage.page_id == Page.id, ProposalPage.is_counted)
    return query.correlate(Page).scalar_subquery()


register_column("open_proposals", open_proposals)
