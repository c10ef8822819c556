"""Erases files permanently, and finds files that contain a phrase."""
