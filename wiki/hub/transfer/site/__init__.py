"""`nexus export --html`: the wiki as a static site."""
