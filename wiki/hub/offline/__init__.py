"""The hub in one file: downloading it, and giving back the changes made in it."""
