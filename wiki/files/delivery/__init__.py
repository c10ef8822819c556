"""Sending the contents of files to browsers."""
