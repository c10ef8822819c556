"""Requests that may be sent again without doing something twice."""
