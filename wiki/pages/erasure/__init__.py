"""Deleting pages, and erasing texts permanently."""
