"""The front page, lists of pages, starter pages, import and export."""
