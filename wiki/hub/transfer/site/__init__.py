"""`nexus export --html`: the wiki as files that a browser reads without a server."""
