"""Posting messages: the queue, the request, and what follows from the answer."""
