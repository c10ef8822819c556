"""What was asked: the query language and its helpers."""
