"""Renders in bounded time: a worker process that can be killed, its protocol, and a cache."""
