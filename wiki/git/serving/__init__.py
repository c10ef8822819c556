"""Cloning, fetching and pushing over HTTP, for Git as it is.

Source: Git, `Documentation/gitprotocol-http.txt`, `gitprotocol-pack.txt`. Version 2 of the protocol
is answered with version 0, as servers that don't know it do.
"""
