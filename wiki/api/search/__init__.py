"""Search, suggestions, tags and kinds."""
