"""The number of undecided proposals, as a page shows it."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from wiki.community.proposals.models import ProposalPage
from wiki.pages.models import Page
from wiki.pages.queries.page_extras import register_column


def open_proposals() -> ColumnElement[Any]:
    """A column with the number of undecided proposals of this page only.

    Proposals of several pages aren't counted, since the page's readers may not see the others.
    """
    query = select(func.count()).select_from(ProposalPage)
    query = query.where(ProposalPage.page_id == Page.id, ProposalPage.is_counted)
    return query.correlate(Page).scalar_subquery()


register_column("open_proposals", open_proposals)
