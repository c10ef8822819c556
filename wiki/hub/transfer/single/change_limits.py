"""What a file of changes may hold: its script splits what is more, and the hub refuses it."""

MAX_PAGES = 100  # of one file; each is merged and rendered while somebody waits
MAX_BYTES = 8_000_000  # of one file
