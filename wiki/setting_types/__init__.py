"""What settings can be: how each value is read, and what is said of one that can’t be used."""
