"""The write path: what every change of a page stores, in one transaction."""
