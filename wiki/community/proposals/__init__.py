"""Proposed edits: people who may read a page propose, people who may edit it decide."""
