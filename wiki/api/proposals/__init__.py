"""Proposals and what becomes of them."""
