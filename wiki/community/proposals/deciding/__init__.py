"""Deciding on proposals: accepting, whole or in part, asking for changes, declining."""
