"""`nexus export --single`: the hub as a single file, to read, search and edit without a server."""
