"""The write path: what is stored, in one transaction, by every change of a page."""
