"""Turns stored HTML into the page of one reader: links, images, transclusions, and the cache."""
