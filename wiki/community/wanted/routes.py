"""Registers the views of wanted knowledge."""

from flask import Flask

from wiki.accounts.merging.references import register_references
from wiki.accounts.privacy.personal_data import register_personal_data
from wiki.community.wanted import views  # noqa: F401
from wiki.community.wanted.blueprint import wanted
from wiki.community.wanted.challenge_claims import claim_in
from wiki.community.wanted.erasure import KeysOfWanted
from wiki.community.wanted.personal_data import REFERENCES, ClaimsOfPerson
from wiki.pages.erasure.text_holders import register_texts


def init_app(app: Flask) -> None:
    app.register_blueprint(wanted)
    app.jinja_env.filters["claim_in"] = claim_in
    register_personal_data(app, ClaimsOfPerson())
    register_references(app, REFERENCES)
    register_texts(app, KeysOfWanted())
