"""Readers of what anybody may send, under a fuzzer that is led by the branches they take.

`one.TARGETS` names them. In its module `seeds()` gives what a target begins with, `WORDS` are put
into that, and `check(data)` raises when a promise is broken.
"""
