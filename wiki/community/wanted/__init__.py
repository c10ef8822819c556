"""Wanted knowledge: red links, searches without a good result, open challenges."""
