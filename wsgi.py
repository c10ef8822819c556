"""The entry point for any WSGI server: `wsgi:app`."""

from wiki import create_app

app = create_app()
