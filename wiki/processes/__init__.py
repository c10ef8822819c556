"""Processes that work beside the web workers: locking, starting and supervising them."""
