"""Idempotency keys: a request can be repeated without being carried out twice."""
