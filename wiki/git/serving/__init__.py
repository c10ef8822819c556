"""Clones, fetches and pushes over HTTP with an ordinary Git client.

Source: Git, `Documentation/gitprotocol-http.txt`, `gitprotocol-pack.txt`. Requests for version 2
of the protocol are answered with version 0, as by servers that don’t support it.
"""
