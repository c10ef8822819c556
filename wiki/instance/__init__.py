"""The instance folder: its permissions, its lock, and the journal of a restore."""
