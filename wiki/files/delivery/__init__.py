"""Delivers the contents of files to browsers."""
