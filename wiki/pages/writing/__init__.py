"""The write path: stores every change of a page in one transaction."""
