"""Shared parts of benchmarks: wikis and servers to measure, clients, tables of results."""
