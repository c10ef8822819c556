"""Parsers of users' input, under a fuzzer guided by branch coverage.

`one.TARGETS` names them. In its module `seeds()` gives what a target begins with, `WORDS` are put
into that, and `check(data)` raises when a promise is broken.
"""
