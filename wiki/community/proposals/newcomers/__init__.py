"""New people: their first edits are reviewed, and they are promoted once enough are accepted."""
