"""Shows pages: the current revision, old ones, and sources."""
