"""Processes that work beside the web workers: their lock, their start, and keeping them alive."""
