"""What is left of a user: former names, and what features keep of them."""
