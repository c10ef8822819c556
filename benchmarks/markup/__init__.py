"""Rendering: its time, and how much of the specifications it follows."""
