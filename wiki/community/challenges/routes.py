"""Registers the views of challenges, and what they add to pages and the editor."""

from flask import Flask

from wiki.accounts.merging.references import register_references
from wiki.accounts.privacy.personal_data import register_personal_data
from wiki.community.challenges import views  # noqa: F401
from wiki.community.challenges.advice import advise
from wiki.community.challenges.blueprint import challenges
from wiki.community.challenges.erasure import VersionsOfVotes
from wiki.community.challenges.models import SAME, WORKED
from wiki.community.challenges.personal_data import REFERENCES, VotesOfPerson
from wiki.community.challenges.solved_event import SOLVED_EVENT
from wiki.community.challenges.votes import count_same, count_worked, tally_column, tally_of
from wiki.community.events import register_kinds
from wiki.pages.erasure.text_holders import register_texts
from wiki.pages.queries.page_extras import register_advice, register_column, register_hit_count

register_column("votes", tally_column)
register_hit_count(SAME, count_same)
register_hit_count(WORKED, count_worked)
register_advice(advise)


def init_app(app: Flask) -> None:
    app.register_blueprint(challenges)
    register_kinds(app, SOLVED_EVENT)
    app.jinja_env.filters["tally"] = tally_of
    register_personal_data(app, VotesOfPerson())
    register_references(app, REFERENCES)
    register_texts(app, VersionsOfVotes())
