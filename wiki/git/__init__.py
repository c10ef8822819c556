"""Git: importing histories, and serving the wiki itself as a repository."""
