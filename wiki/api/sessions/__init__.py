"""Short sessions of programs, and the account that a request is made for."""
