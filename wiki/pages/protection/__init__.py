"""Setting access rules, and explaining which one is in force."""
