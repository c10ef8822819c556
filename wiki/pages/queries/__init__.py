"""Reads pages from the database, as far as the viewer may see them."""
