"""Keeping the index up to date: the one process that writes it."""
