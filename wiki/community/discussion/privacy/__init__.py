"""Privacy in discussions: exports and account closing, erasures."""
