"""Permissions: who may see and do what, with one predicate in SQL and in Python."""
