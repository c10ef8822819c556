"""Passkeys (WebAuthn): signing in by a device that has checked who holds it."""
