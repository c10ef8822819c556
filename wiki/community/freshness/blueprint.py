"""The blueprint of freshness."""

from flask import Blueprint

freshness = Blueprint("freshness", __name__)
