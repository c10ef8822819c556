"""People and addresses that may not write for a time."""
