"""The index on disk: segments, postings and manifest; and the snapshots that searches read."""
