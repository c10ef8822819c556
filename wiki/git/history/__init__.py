"""Imports a Git repository with its history."""
