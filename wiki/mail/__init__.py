"""Mail: a queue in the database, filled by features and emptied by one process of the server."""
