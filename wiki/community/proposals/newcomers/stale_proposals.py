"""Asks authors of proposals that have been waiting for long whether they are still wanted."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import exists, select

from wiki.accounts.models import User
from wiki.community.notifier.registry import Job, register_job
from wiki.community.proposals.lifecycle import log_event
from wiki.community.proposals.models import UNDECIDED, Proposal, ProposalEvent
from wiki.community.proposals.proposal_view import WANTED_FOR
from wiki.database import db, utcnow, write_transaction

BATCH = 100  # proposals in one transaction


def init_app(app: Flask) -> None:
    """Register the job that asks authors, four times a day."""
    register_job(app, Job("proposals", timedelta(hours=6), ask_authors))


def ask_authors() -> None:
    """Ask about all stale proposals."""
    while ask_some():
        pass


def ask_some() -> int:
    """Ask about at most `BATCH` stale proposals; returns how many."""
    was_asked = exists().where(
        ProposalEvent.proposal_id == Proposal.id,
        ProposalEvent.action == "reminded",
        ProposalEvent.at > Proposal.wanted_at,
    )
    due = (
        select(Proposal)
        .join(User, User.id == Proposal.author_id)
        .where(
            Proposal.state.in_(UNDECIDED),
            Proposal.wanted_at < utcnow() - WANTED_FOR,
            User.is_enabled,
            ~was_asked,
        )
        .order_by(Proposal.id)
        .limit(BATCH)
    )
    if not db.session.scalars(due.with_only_columns(Proposal.id)).all():
        return 0  # no lock if there is nothing to write
    with write_transaction() as session:
        found = session.scalars(due.with_for_update(of=Proposal)).all()
        for proposal in found:
            log_event(session, proposal, "reminded", by_id=proposal.author_id)
        return len(found)
