"""What the editor offers while somebody types a link."""

from dataclasses import asdict

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from wiki.access import current_viewer
from wiki.access.doors import editors_only
from wiki.markup.names import KEY_LIMIT
from wiki.pages.titles import link_choices
from wiki.pages.views.blueprint import pages


@pages.get("/pages/titles")
@editors_only
def titles() -> ResponseReturnValue:
    typed = request.args.get("q", "").replace("\x00", "")[:KEY_LIMIT]
    return jsonify([asdict(choice) for choice in link_choices(current_viewer(), typed)])
