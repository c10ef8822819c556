"""Anchors of threads: the passages they are about, found again after the page has changed."""
