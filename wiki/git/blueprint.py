"""The blueprint of the Git endpoints."""

from flask import Blueprint

git = Blueprint("git", __name__)
