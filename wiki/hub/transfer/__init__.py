"""Importing and exporting many pages: `nexus import` and `nexus export`."""
