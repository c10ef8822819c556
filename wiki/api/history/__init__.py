"""Revisions, diffs and recent changes."""
