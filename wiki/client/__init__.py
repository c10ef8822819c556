"""What `nexus` does on a learner's machine, over the API of a hub; it starts without the server."""
