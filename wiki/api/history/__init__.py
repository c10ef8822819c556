"""Revisions, differences and recent changes."""
