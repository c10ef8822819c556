"""Proposed edits: who may read proposes, who may edit decides."""
