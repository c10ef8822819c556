"""The REST API: what programs read and write, by the same services as the pages for people."""
