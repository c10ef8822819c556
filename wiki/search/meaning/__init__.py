"""Semantic search with a sentence encoder, if the extra `meaning` is installed."""
