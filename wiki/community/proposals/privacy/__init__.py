"""Privacy in proposals: exports and account closing, erasures."""
