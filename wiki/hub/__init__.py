"""The front page, kinds of page, lists, starter pages, import and export."""
