"""Rendering: its time, and its conformance with the specifications."""
