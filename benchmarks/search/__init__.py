"""Measures the quality of ranking, and SQLite's full-text search for comparison."""
