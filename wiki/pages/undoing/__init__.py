"""Reverting edits: restoring a revision, undoing one edit or all edits of one person."""
