"""The blueprint of Git."""

from flask import Blueprint

git = Blueprint("git", __name__)
