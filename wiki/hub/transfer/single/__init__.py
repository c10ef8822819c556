"""`nexus export --single`: the hub as one file, to read, search and edit without a server."""
