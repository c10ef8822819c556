"""Access rules, for administrators."""
