"""Imports and exports of many pages, and consistency checks."""
