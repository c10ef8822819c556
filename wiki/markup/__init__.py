"""Markdown -> safe HTML, outline, links, plain text. Pure: no Flask, no database."""

from wiki.markup.bounded import expect_text, is_cut, render, source_instead
from wiki.markup.model import Heading, Link, Rendered, Section
from wiki.markup.places import MISSING_HINT, fill_links

RENDERER_VERSION = "9"  # raised when the HTML of an unchanged text changes

__all__ = [
    "MISSING_HINT",
    "RENDERER_VERSION",
    "Heading",
    "Link",
    "Rendered",
    "Section",
    "expect_text",
    "fill_links",
    "is_cut",
    "render",
    "source_instead",
]
