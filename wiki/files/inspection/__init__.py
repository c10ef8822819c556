"""Inspects uploads in a sandboxed process that may be killed at any time.

The server imports only `sandbox` and the pure modules; `worker` imports everything else, without
Flask and the database.
"""
