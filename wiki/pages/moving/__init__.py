"""Changing the titles and paths of pages."""
