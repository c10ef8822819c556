"""What a person watches."""
