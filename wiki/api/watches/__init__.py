"""What somebody watches."""
