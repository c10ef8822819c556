"""Requests that the wiki makes itself: to which hosts, at which addresses, and for how long."""
