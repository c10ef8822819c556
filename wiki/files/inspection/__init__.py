"""Inspection of uploads, in a sandboxed process that may be killed at any time.

Only `sandbox` and the pure modules are for the server; `worker` imports everything else, without
Flask and the database.
"""
