"""Differences of two texts or renderings, and blame. Pure."""
