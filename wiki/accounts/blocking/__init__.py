"""Blocked people and IP addresses, which may not write for some time."""
