"""Deleting pages, and erasing texts for good."""
