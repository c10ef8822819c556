"""Setting rules of access, and saying which one is in force."""
