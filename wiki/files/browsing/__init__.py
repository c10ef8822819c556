"""Files as people find and keep them: lists, versions, renaming, deletion."""
