"""Markdown -> safe HTML, outline, links, plain text. Pure: no Flask, no database."""

from wiki.markup.bounded import beginning_of_source, expect_text, render
from wiki.markup.model import Heading, Link, Rendered, Section
from wiki.markup.places import MISSING_HINT, fill_links

RENDERER_VERSION = "8"  # raised when the HTML of an unchanged text changes

__all__ = [
    "MISSING_HINT",
    "RENDERER_VERSION",
    "Heading",
    "Link",
    "Rendered",
    "Section",
    "beginning_of_source",
    "expect_text",
    "fill_links",
    "render",
]
