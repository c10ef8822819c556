"""Giving pages another title or path."""
