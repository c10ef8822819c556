"""Short sessions of programs, and who makes a request."""
