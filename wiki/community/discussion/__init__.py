"""Threads of comments about pages, passages of pages, and proposals."""
