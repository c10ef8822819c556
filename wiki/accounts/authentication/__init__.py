"""Signing in: sessions, known devices, password resets, and limits on failed attempts."""
