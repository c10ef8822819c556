"""How well search ranks, and SQLite's full-text search to compare it with."""
