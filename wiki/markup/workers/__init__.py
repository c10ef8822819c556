"""Rendering in bounded time: a killable worker process, its protocol and a cache."""
