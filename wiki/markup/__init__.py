"""Renders Markdown to safe HTML, outline, links and plain text. Uses neither Flask nor database."""

from wiki.markup.model import Heading, InternalLink, Rendered, Section
from wiki.markup.workers.bounded_render import is_cut, preload_for, render, source_instead

RENDERER_VERSION = "13"  # raised when the HTML of an unchanged text changes

__all__ = [
    "RENDERER_VERSION",
    "Heading",
    "InternalLink",
    "Rendered",
    "Section",
    "is_cut",
    "preload_for",
    "render",
    "source_instead",
]
