"""The blueprint of challenges."""

from flask import Blueprint

challenges = Blueprint("challenges", __name__)
