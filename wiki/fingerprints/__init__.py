"""Fingerprints of errors: the same for the same error on every machine, for hub and command."""
