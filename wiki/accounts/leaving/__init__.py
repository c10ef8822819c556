"""Taking one's data along, and closing an account."""
