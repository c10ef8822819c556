"""What `nexus` does on a learner's machine, over the API of a hub; starts without the server."""
