"""Projects that look for people."""
