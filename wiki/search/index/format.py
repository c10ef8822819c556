"""The number of the index's format; apart, so that who only reads needs no Whoosh."""

# Raised when fields, analysis or weights change: an index of another number is rebuilt.
FORMAT = 7
