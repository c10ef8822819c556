"""The commands that talk to a hub over its API; they start without loading the server."""
