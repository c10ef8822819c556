"""Deciding on proposals: accepting all or some changes, asking for changes, declining."""
