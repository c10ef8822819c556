"""What is posted: of events that are public, in the format that the receiver understands."""
