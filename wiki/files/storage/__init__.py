"""Stores the contents of files in a folder or a bucket, by their hash."""
