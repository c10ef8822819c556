"""Registers the views of proposals."""

from flask import Flask

from wiki.accounts.merging.references import register_references
from wiki.accounts.privacy.personal_data import register_personal_data
from wiki.community.discussion.subjects import register_subject
from wiki.community.proposals import (
    open_count,  # noqa: F401
    proposal_events,
    views,  # noqa: F401
)
from wiki.community.proposals.blueprint import proposals
from wiki.community.proposals.deciding import decide_views  # noqa: F401
from wiki.community.proposals.newcomers import (
    promotion_views,  # noqa: F401
    review,
    stale_proposals,
)
from wiki.community.proposals.privacy.erasure import TextsOfProposals
from wiki.community.proposals.privacy.personal_data import REFERENCES, ProposalsOfPerson
from wiki.community.proposals.proposing import propose_views  # noqa: F401
from wiki.community.proposals.proposing.propose import SUBJECT
from wiki.community.proposals.thread_subject import ProposalSubject
from wiki.pages.erasure.text_holders import register_texts


def init_app(app: Flask) -> None:
    register_subject(app, SUBJECT, ProposalSubject())
    register_personal_data(app, ProposalsOfPerson())
    register_references(app, REFERENCES)
    register_texts(app, TextsOfProposals())
    for part in (proposal_events, review, stale_proposals):
        part.init_app(app)
    app.register_blueprint(proposals)
