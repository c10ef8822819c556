"""What happened to pages: histories, recent changes, differences, blame and reviews."""
