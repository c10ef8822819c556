"""The hub in one file, as people get it and give back what they have changed in it."""
