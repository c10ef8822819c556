"""What a proposal does with files: replacing, renaming or deleting them."""
