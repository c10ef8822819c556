"""Proposals and the decisions on them."""
