"""Benchmarks of Nexus, measured beside a minimal application: `python -m benchmarks`."""
