"""Converts Markdown written for other programs to the wiki’s own."""
