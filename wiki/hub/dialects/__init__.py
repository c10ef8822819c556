"""Markdown written for other programs, as the wiki writes it."""
