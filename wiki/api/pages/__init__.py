"""Pages: list, read, create, update, rename, delete."""
