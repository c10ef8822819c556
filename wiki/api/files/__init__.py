"""Files of pages and of the library."""
