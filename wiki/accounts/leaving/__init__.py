"""Downloading one's data, and closing an account."""
