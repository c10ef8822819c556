"""Inline syntax of the dialect: each module brings its `SYNTAX`."""
