"""Known errors with their answers, and votes on challenges."""
