"""The addresses of the community."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the blueprint of each room."""
