"""The workloads that are measured: page views, searches, saves, imports."""
