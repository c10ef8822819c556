"""Pushing: what is pushed to a branch becomes a proposal, and nothing of it is kept."""
