"""Mirrors the wiki in bare repositories, one per audience, with one commit per revision."""
