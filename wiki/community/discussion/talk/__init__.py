"""The threads of a page, the list of all threads, and starting a thread."""
