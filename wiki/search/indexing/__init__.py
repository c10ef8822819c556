"""Keeps the index up to date, in the one process that writes it."""
