"""The blueprint of wanted knowledge."""

from flask import Blueprint

wanted = Blueprint("wanted", __name__, url_prefix="/board/wanted")
