"""What several rooms of the community have to say together."""
