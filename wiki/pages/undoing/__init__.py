"""Reverts edits: restores a revision, undoes one edit or all edits of one person."""
