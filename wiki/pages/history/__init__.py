"""What happened to pages: histories, recent changes, diffs, blame and reviews."""
