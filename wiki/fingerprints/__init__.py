"""Fingerprints of errors, equal on every machine; used by the hub and by `nexus why`."""
