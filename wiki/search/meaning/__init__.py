"""Search by meaning: what a sentence encoder adds where the extra `meaning` is installed."""
