"""Git, in and out: histories imported, and the wiki itself as a repository."""
