"""Erasing files for good, and finding the files that hold a phrase."""
