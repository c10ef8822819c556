"""Wanted knowledge: pages that others link to, searches without a good result, open challenges."""
