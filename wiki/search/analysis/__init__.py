"""Turns text into terms. Pure functions."""
