"""The index on disk: segments, postings, manifest, and the snapshot that searches read."""
