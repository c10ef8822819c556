"""Sending messages: the queue, the HTTP request, and handling the response."""
