"""Freshness: pages that may no longer be right, and who says that they are."""
