"""What comments leave behind: what people get of theirs, and what an erasure reaches."""
