"""Threads and comments."""
