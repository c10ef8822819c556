"""Downloading your own data, and closing your account."""
