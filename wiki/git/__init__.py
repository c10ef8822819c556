"""Git: imports repositories with their history, and serves the wiki as a repository."""
