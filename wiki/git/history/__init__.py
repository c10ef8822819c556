"""Importing a Git repository with its history."""
