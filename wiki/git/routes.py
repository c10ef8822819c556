"""Registers Git: its tables."""

from flask import Flask

from wiki.git import models  # noqa: F401  # the tables


def init_app(_app: Flask) -> None:
    """Nothing is served yet."""
