"""Reading a page: now, at an old revision, as source."""
