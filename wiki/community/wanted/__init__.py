"""Wanted knowledge: pages that others link to, searches that gave nothing good, open challenges."""
