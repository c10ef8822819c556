"""Finding and managing files: lists, versions, renaming, deletion."""
