"""Who may see and do what: one predicate, in SQL and in Python."""
