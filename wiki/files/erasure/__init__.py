"""Erasing files permanently, and finding the files that hold a phrase."""
