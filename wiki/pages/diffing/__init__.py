"""Diffs of texts and renderings, and blame. Pure."""
