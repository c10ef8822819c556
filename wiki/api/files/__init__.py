"""Files that belong to pages, and those in the library."""
