"""Pushes: a pushed branch becomes a proposal; its commits are not kept."""
