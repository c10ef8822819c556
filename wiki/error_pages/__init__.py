"""Error pages: what they say, and what they give back."""
