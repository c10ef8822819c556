"""Freshness: pages that may be outdated, and confirmations that they aren't."""
