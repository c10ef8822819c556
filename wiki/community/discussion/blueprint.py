"""The blueprint of discussions."""

from flask import Blueprint

discussion = Blueprint("discussion", __name__)
