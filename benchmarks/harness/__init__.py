"""What benchmarks share: wikis and servers to measure, clients, tables of figures."""
