"""Proposed edits: those who may read propose, those who may edit decide."""
