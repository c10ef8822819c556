"""Imports and exports many pages: `nexus import` and `nexus export`."""
