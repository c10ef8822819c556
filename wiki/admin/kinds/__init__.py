"""Kinds of page that administrators add, change and retire."""
