"""Limits of a file of changes: the script splits larger ones, and the hub refuses them."""

MAX_PAGES = 100  # per file; each is merged and rendered while somebody waits
MAX_BYTES = 8_000_000  # of one file
