"""Uploads: files from a form, and images fetched from other hosts."""
