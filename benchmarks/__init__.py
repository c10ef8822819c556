"""The speed figures of Nexus, measured side by side with a floor: `python -m benchmarks`."""
