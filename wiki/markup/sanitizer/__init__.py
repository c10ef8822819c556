"""Turns untrusted HTML into safe HTML: an allow-list, two sanitizers, and postprocessing."""
