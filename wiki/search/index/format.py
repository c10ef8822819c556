"""The version of the index format; in a module of its own, so that readers need no Whoosh."""

# Raised when fields, analysis or weights change: an index of another version is rebuilt.
FORMAT = 7
