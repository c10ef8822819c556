"""Changes of files in proposals: replacing, renaming or deleting them."""
