"""What is read from the database, as far as the viewer may see it."""
