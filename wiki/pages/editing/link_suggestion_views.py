"""Suggests links while somebody types in the editor."""

from dataclasses import asdict

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from wiki.access.decorators import proposers_only
from wiki.access.permissions import current_viewer
from wiki.naming import KEY_LIMIT
from wiki.pages.blueprint import pages
from wiki.pages.editing.link_suggestions import link_suggestions


@pages.get("/pages/titles")
@proposers_only
def titles() -> ResponseReturnValue:
    """Suggestions for `?q=` as JSON."""
    typed = request.args.get("q", "").replace("\x00", "")[:KEY_LIMIT]
    return jsonify([asdict(link) for link in link_suggestions(current_viewer(), typed)])
