"""A Gunicorn worker whose threads never wait for a client."""
